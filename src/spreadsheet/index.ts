export { openSpreadsheet } from "./read.ts";
export {
  type Cell,
  columnLetters,
  type SheetRow,
  type Spreadsheet,
  type SpreadsheetLimits,
  SpreadsheetTrouble,
} from "./spreadsheet.ts";
export { csvLine, harmless, writeSheets, writeXlsx } from "./write.ts";
