/** Official papers as PDF, as other folders may use them. */
export {
  type Letter,
  type PrintedCode,
  renderForm,
  renderLetter,
  renderTable,
} from "./pdf.ts";
