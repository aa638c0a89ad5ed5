export { openSpreadsheet } from "./read.ts";
export {
  type Cell,
  columnLetters,
  type SheetInfo,
  type SheetRow,
  type Spreadsheet,
  type SpreadsheetLimits,
  SpreadsheetTrouble,
} from "./spreadsheet.ts";
export { type ColumnToWrite, csvLine, harmless, type SheetToWrite, writeSheets, writeXlsx } from "./write.ts";
