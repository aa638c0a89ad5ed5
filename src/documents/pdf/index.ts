/** Official papers as PDF, as other folders may use them. */
export {
  type Form,
  type Letter,
  type List,
  type PrintedCode,
  type PrintedTable,
  renderForm,
  renderLetter,
  renderTable,
} from "./pdf.ts";
