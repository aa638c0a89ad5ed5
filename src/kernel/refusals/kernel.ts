import type { RefusalTable } from "./table.ts";

/** What src/kernel may refuse: values that are not what they should be. */
export const kernelRefusals = {
  "bad-id": { status: 400, zh: "编号格式不对。", en: "This is not an id." },
  required: { status: 422, zh: "请填写这一项。", en: "Please fill this in." },

  "bad-day": {
    status: 422,
    zh: "「{value}」不是有效日期，请写成 2026-09-28 的样子。",
    en: "“{value}” is not a day. Write it like 2026-09-28.",
  },
  "bad-duration": {
    status: 422,
    zh: "「{value}」不是有效的时长，请写成 P5D（5 天）或 P1M（1 个月）的样子。",
    en: "“{value}” is not a duration. Write it like P5D (five days) or P1M (one month).",
  },
  "calendar-unknown": {
    status: 422,
    zh: "还没有 {year} 年的放假安排，无法推算工作日。请管理员录入国务院办公厅的放假通知。",
    en: "The holidays of {year} are not known yet, so working days cannot be counted. An administrator can enter the State Council notice.",
  },
  "bad-holiday-year": {
    status: 422,
    zh: "{year} 年放假安排有误：{why}。",
    en: "The holidays given for {year} do not hold together: {why}.",
  },

  "bad-amount": {
    status: 422,
    zh: "「{value}」不是有效金额，请写成 1234.50 的样子。",
    en: "“{value}” is not an amount. Write it like 1234.50.",
  },
  "amount-too-fine": {
    status: 422,
    zh: "金额最多到分（两位小数）。",
    en: "An amount has at most two decimals.",
  },
  "amount-negative": { status: 422, zh: "金额不能小于零。", en: "The amount cannot be below zero." },
  "amount-too-large": {
    status: 422,
    zh: "金额超出系统可记的范围。",
    en: "The amount is beyond what the system can record.",
  },

  "id-length": {
    status: 422,
    zh: "身份证号应为 18 位，现在是 {length} 位。",
    en: "An identity number has 18 characters; this one has {length}.",
  },
  "id-masked": {
    status: 422,
    zh: "号码打了码，不能导入。请用写明用途、号码完整的导出，或照证件填写。",
    en: "The number is masked and cannot be loaded. Export with a purpose, which gives it whole, or copy it from the card.",
  },
  "id-characters": {
    status: 422,
    zh: "身份证号只能是数字，最后一位可以是 X。",
    en: "An identity number is digits only; the last may be X.",
  },
  "id-region": {
    status: 422,
    zh: "身份证号开头的地区码 {region} 不存在。",
    en: "The identity number begins with a region code that does not exist: {region}.",
  },
  "id-fictitious": {
    status: 422,
    zh: "99 开头的是虚构身份证号，只用于演示，本系统不收。",
    en: "Identity numbers that begin with 99 are fictitious, for trials only; this installation does not take them.",
  },
  "id-birth-date": {
    status: 422,
    zh: "身份证号里的出生日期 {date} 不存在。",
    en: "The birth date in the identity number does not exist: {date}.",
  },
  "id-birth-out-of-range": {
    status: 422,
    zh: "身份证号里的出生日期 {date} 早于 1900 年或晚于今天。",
    en: "The birth date in the identity number, {date}, is before 1900 or after today.",
  },
  "id-check-digit": {
    status: 422,
    zh: "身份证号校验不通过，请逐位核对。",
    en: "The identity number fails its own check. Please compare it digit by digit.",
  },
  "id-damaged": {
    status: 422,
    zh: "身份证号已被表格软件改坏（末尾几位丢失）。请把该列设为文本格式，照证件重新填写。",
    en: "A spreadsheet has damaged this identity number (its last digits are lost). Set the column to text and copy it again from the card.",
  },
  "id-kind": {
    status: 422,
    zh: "证件号码与证件类型「{kind}」的格式不符。",
    en: "The number does not have the form of this document: {kind}.",
  },

  "credit-code-length": {
    status: 422,
    zh: "统一社会信用代码应为 18 位，现在是 {length} 位。",
    en: "A unified social credit code has 18 characters; this one has {length}.",
  },
  "credit-code-characters": {
    status: 422,
    zh: "统一社会信用代码不使用字母 I、O、Z、S、V，也不含其他符号。",
    en: "A unified social credit code does not use the letters I, O, Z, S, V, nor any signs.",
  },
  "credit-code-check-digit": {
    status: 422,
    zh: "统一社会信用代码校验不通过，请逐位核对。",
    en: "The unified social credit code fails its own check. Please compare it character by character.",
  },
  "credit-code-not-union": {
    status: 422,
    zh: "工会的统一社会信用代码以 81 或 89 开头。",
    en: "A union’s credit code begins with 81 or 89.",
  },
  "credit-code-not-employer": {
    status: 422,
    zh: "8 开头的是工会的代码，请填写用人单位自己的统一社会信用代码。",
    en: "Codes that begin with 8 belong to unions. Please give the employer’s own code.",
  },
  "credit-code-fictitious": {
    status: 422,
    zh: "地区码 99 是虚构的，只用于演示，本系统不收。",
    en: "Region 99 is fictitious, for trials only; this installation does not take it.",
  },

  "bad-phone": {
    status: 422,
    zh: "电话号码不对：手机号为 11 位，座机请带区号。",
    en: "This is not a telephone number: a mobile has 11 digits, a landline needs its area code.",
  },
  "bad-mobile": { status: 422, zh: "请填写 11 位手机号。", en: "Please give an 11-digit mobile number." },
  "bad-card": {
    status: 422,
    zh: "银行卡号应为 12 至 19 位数字。",
    en: "A bank card number has 12 to 19 digits.",
  },
  "holder-has-digits": {
    status: 422,
    zh: "户名是开户人的姓名，不写数字；卡号填在「银行卡号」里。",
    en: "The holder is the name the account is under and has no digits; the number goes under “Card number”.",
  },
  "card-damaged": {
    status: 422,
    zh: "银行卡号已被表格软件改坏（末尾几位丢失）。请把该列设为文本格式，照卡重新填写。",
    en: "A spreadsheet has damaged this card number (its last digits are lost). Set the column to text and copy it again from the card.",
  },

  "control-character": {
    status: 422,
    zh: "内容里有看不见的控制字符，请重新输入。",
    en: "The text holds invisible control characters. Please type it again.",
  },
  "too-short": { status: 422, zh: "至少 {min} 个字。", en: "At least {min} characters." },
  "too-long": { status: 422, zh: "最多 {max} 个字。", en: "At most {max} characters." },
  "bad-name": {
    status: 422,
    zh: "姓名只能有汉字、字母、间隔号「·」和空格，与证件一致。",
    en: "A name has letters, Chinese characters, the dot · and spaces only, as on the identity card.",
  },

  "bad-path": { status: 400, zh: "组织路径格式不对。", en: "This is not a unit path." },
  "bad-region": {
    status: 422,
    zh: "行政区划代码「{value}」不对，应为 6、9 或 12 位数字。",
    en: "“{value}” is not a region code; it has 6, 9 or 12 digits.",
  },
  "region-fictitious": {
    status: 422,
    zh: "地区码 99 是虚构的，只用于演示，本系统不收。",
    en: "Region 99 is fictitious, for trials only; this installation does not take it.",
  },
} satisfies RefusalTable;
