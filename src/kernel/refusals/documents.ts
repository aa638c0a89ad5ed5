import type { RefusalTable } from "./table.ts";

/** What src/documents may refuse. */
export const documentsRefusals = {
  "paper-away": {
    status: 503,
    zh: "存放材料的地方暂时连接不上，材料没有丢失，请稍后再打开。",
    en: "The storage of papers cannot be reached for the moment. Nothing is lost: please open it again shortly.",
  },
  "workbook-empty": { status: 422, zh: "文件是空的。", en: "The file is empty." },
  "workbook-legacy": {
    status: 422,
    zh: "这是旧版 .xls 文件，本系统不读。请用 Excel 或 WPS 打开，选「另存为」，类型选「Excel 工作簿 (*.xlsx)」，再上传。",
    en: "This is a legacy .xls file, which is not read here. Open it in Excel or WPS, choose “Save as”, type “Excel workbook (*.xlsx)”, and upload that.",
  },
  "workbook-web-page": {
    status: 422,
    zh: "这个文件其实是网页格式的表格。请用 Excel 或 WPS 打开，另存为「Excel 工作簿 (*.xlsx)」，再上传。",
    en: "This file is really a web page with a table. Open it in Excel or WPS, save it as “Excel workbook (*.xlsx)”, and upload that.",
  },
  "workbook-encrypted": {
    status: 422,
    zh: "工作簿设了打开密码。请取消密码后另存，再上传。",
    en: "The workbook is under a password. Save it without the password and upload that.",
  },
  "workbook-damaged": {
    status: 422,
    zh: "文件不完整或已损坏。请重新下载或另存一份，再上传。",
    en: "The file is cut off or damaged. Download it again or save a new copy, then upload that.",
  },
  "workbook-bomb": {
    status: 422,
    zh: "文件解压后过大，不像一份正常的名册。请只保留名册内容，另存后再上传。",
    en: "The file unpacks to far more than an honest roster does. Keep only the roster, save it again, and upload that.",
  },
  "workbook-other-kind": {
    status: 422,
    zh: "这不是可读的表格文件。请上传 .xlsx，或 UTF-8、GB18030 编码的 .csv。",
    en: "This is not a spreadsheet that can be read. Upload .xlsx, or .csv in UTF-8 or GB18030.",
  },
  "sheet-too-wide": {
    status: 422,
    zh: "表格的列太多，最多 {max} 列。",
    en: "The sheet has too many columns; {max} are the most.",
  },
  "sheet-too-long": {
    status: 422,
    zh: "表格的行太多，最多 {max} 行。请分成几份上传。",
    en: "The sheet has too many rows; {max} are the most. Upload it in parts.",
  },
  "csv-open-quote": {
    status: 422,
    zh: "第 {row} 行起有引号没有配对，无法继续读。请检查后再上传。",
    en: "From row {row} on a quotation mark is never closed, so the rest cannot be read. Please correct it.",
  },

  "paper-empty": { status: 422, zh: "文件是空的，请重新选择。", en: "The file is empty. Choose another." },
  "paper-type": {
    status: 415,
    zh: "不支持这种文件。请上传照片（JPG、PNG、WebP）、PDF、.xlsx 或 .docx。",
    en: "Files of this kind are not taken. Upload a photo (JPG, PNG, WebP), a PDF, .xlsx or .docx.",
  },
  "paper-heic": {
    status: 415,
    zh: "这是 HEIC 照片，多数电脑打不开。请在手机「设置 · 相机 · 格式」选「兼容性最佳」后重拍，或截屏后上传。",
    en: "This is a HEIC photo, which most computers cannot open. Choose “Most compatible” in the phone’s camera settings, or upload a screenshot of it.",
  },
  "paper-legacy": {
    status: 415,
    zh: "这是旧版 Office 文件。请打开后另存为 .docx、.xlsx 或 PDF 再上传。",
    en: "This is a legacy Office file. Save it as .docx, .xlsx or PDF and upload that.",
  },
  "paper-macro": {
    status: 422,
    zh: "文件带有宏，请另存为不含宏的文件再上传。",
    en: "The file has macros. Save it without them and upload that.",
  },
  "paper-damaged": {
    status: 422,
    zh: "文件不完整或已损坏，请重新拍照或导出后再上传。",
    en: "The file is cut off or damaged. Take or export it again, then upload that.",
  },
  "paper-no-file": { status: 422, zh: "请选择一个文件。", en: "Choose a file." },
  "paper-unknown": {
    status: 422,
    zh: "这份材料找不到或不是您上传的，请重新上传。",
    en: "This paper is not there or is not yours. Please upload it again.",
  },
  "paper-kind": {
    status: 422,
    zh: "这份材料不是这里要的那一种，请按这一项上传。",
    en: "This is not the kind of paper asked for here. Please upload it under this question.",
  },
  "paper-too-many": {
    status: 422,
    zh: "您有 {max} 份以上已上传但还没有使用的材料，请先提交或删除一些。",
    en: "You have {max} or more papers that are uploaded and not used. Submit or delete some first.",
  },
} satisfies RefusalTable;
