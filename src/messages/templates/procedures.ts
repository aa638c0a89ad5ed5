import type { TemplateTable } from "./table.ts";

/** What applicants and officers are told as a case moves. Whose turn, until when, and what if nothing is done. */
export const proceduresTemplates = {
  "case.received": {
    title: { zh: "申请已收到", en: "Your application was received" },
    body: {
      zh: "您的{service}（{number}）已收到，轮到{turn}，{dueOn}前给您答复。{ifNothing}",
      en: "Your {service} ({number}) was received. It is with {turn}, who answer by {dueOn}. {ifNothing}",
    },
    also: ["mail", "sms"],
  },
  "case.moved": {
    title: { zh: "您的申请有新进展", en: "Your application has moved on" },
    body: {
      zh: "您的{service}（{number}）已到「{step}」，{turn}。",
      en: "Your {service} ({number}) has reached “{step}”: {turn}.",
    },
    also: ["mail"],
  },
  "case.turn": {
    title: { zh: "有一件事等您办", en: "A case waits for you" },
    body: {
      zh: "{service}（{number}）到了「{step}」，请在{dueOn}前办理。{ifNothing}",
      en: "{service} ({number}) has reached “{step}”. Please act by {dueOn}. {ifNothing}",
    },
    also: ["mail"],
  },
  "case.returned": {
    title: { zh: "您的申请需要补正", en: "Your application needs something more" },
    body: {
      zh: "您的{service}（{number}）被退回：{reason}。请在{dueOn}前补正。{ifNothing}",
      en: "Your {service} ({number}) was returned: {reason}. Please complete it by {dueOn}. {ifNothing}",
    },
    also: ["mail", "sms"],
  },
  "case.approved": {
    title: { zh: "您的申请已通过", en: "Your application was approved" },
    body: {
      zh: "您的{service}（{number}）已于{on}通过。{next}",
      en: "Your {service} ({number}) was approved on {on}. {next}",
    },
    also: ["mail", "sms"],
  },
  "case.rejected": {
    title: { zh: "您的申请没有通过", en: "Your application was not approved" },
    body: {
      zh: "您的{service}（{number}）没有通过：{reason}。不服的，可以向上一级工会申请复核。",
      en: "Your {service} ({number}) was not approved: {reason}. You may ask the union above to review this.",
    },
    also: ["mail", "sms"],
  },
  "case.lapsed": {
    title: { zh: "您的申请已到期", en: "Your application has lapsed" },
    body: {
      zh: "您的{service}（{number}）到{on}没有补正，已作撤回处理。材料仍保留，可以重新提出。",
      en: "Your {service} ({number}) was not completed by {on} and counts as withdrawn. Your papers are kept; you may apply again.",
    },
    also: ["mail"],
  },
  "case.overdue": {
    title: { zh: "有一件事已逾期", en: "A case is overdue" },
    body: {
      zh: "{service}（{number}）「{step}」应于{dueOn}前办结，已逾期，已报{above}。",
      en: "{service} ({number}), “{step}”, was due by {dueOn}. It is late, and {above} has been told.",
    },
    also: ["mail"],
  },
  "case.handed-over": {
    title: { zh: "有一份档案移交给您", en: "A file is handed over to you" },
    body: {
      zh: "{service}（{number}）由原工会移交到您所在的工会，请核对后接收。",
      en: "{service} ({number}) is handed over to your union. Please look at it and take it over.",
    },
    also: ["mail"],
  },
  "case.rehomed": {
    title: { zh: "您的申请已随您转到新的地方", en: "Your case has moved with you" },
    body: {
      zh: "您的{service}（{number}）随会籍转到现在的工会，由新工会接着办理；原来的记录您仍可查看。",
      en: "Your {service} ({number}) has moved with your membership; your new union goes on with it. You can still read the former record.",
    },
    also: ["mail", "sms"],
  },
  "case.not-rehomed": {
    title: { zh: "请在新的工会重新申请", en: "Please ask your new union" },
    body: {
      zh: "您的{service}（{number}）没能随会籍一起转过来，请向现在的工会重新申请。",
      en: "Your {service} ({number}) could not be moved with your membership. Please apply at your new union.",
    },
    also: ["mail", "sms"],
  },
  "case.escalated": {
    title: { zh: "下级工会有一件事逾期", en: "A case below is overdue" },
    body: {
      zh: "{unit}的{service}（{number}）应于{dueOn}前办结，请督办。",
      en: "{service} ({number}) at {unit} was due by {dueOn}. Please see to it.",
    },
  },
  "notice.up": {
    title: { zh: "您的申请正在公示", en: "Your application is on public notice" },
    body: {
      zh: "您的{service}（{number}）自{startsOn}公示至{endsOn}。公示不显示证件号、电话、住址和病情。",
      en: "Your {service} ({number}) is on notice from {startsOn} to {endsOn}. No number, phone, address or illness is shown.",
    },
    also: ["mail"],
  },
  "objection.raised": {
    title: { zh: "公示收到异议", en: "A notice met an objection" },
    body: {
      zh: "{service}（{number}）的公示收到异议，公示暂停，请在{dueOn}前调查答复。",
      en: "The notice of {service} ({number}) met an objection and is on hold. Please look into it and answer by {dueOn}.",
    },
    also: ["mail"],
  },
  "file.recheck": {
    title: { zh: "困难档案到期复核", en: "Your hardship file is due for its yearly check" },
    body: {
      zh: "您的困难职工档案（{fileNo}）到{validOn}期满，请在此前确认家庭情况；未确认的档案到期退出。",
      en: "Your hardship file ({fileNo}) is valid to {validOn}. Please confirm your household before then, or it closes.",
    },
    also: ["mail", "sms"],
  },
  "file.visit-due": {
    title: { zh: "有一户在档家庭该走访了", en: "A household on file is due for a visit" },
    body: {
      zh: "您联系的困难职工家庭（档案 {fileNo}）应在{visitOn}前走访，请安排走访并登记。",
      en: "The household you look after (file {fileNo}) was to be visited by {visitOn}. Please visit and record it.",
    },
  },
  "case.paid": {
    title: { zh: "帮扶金已发放", en: "Your aid has been paid" },
    body: {
      zh: "{amountFen} 已于{on}转入您尾号 {cardTail} 的银行卡（{number}）。请为这次服务评分。",
      en: "{amountFen} was paid on {on} to your card ending {cardTail} ({number}). Please rate this service.",
    },
    also: ["mail", "sms"],
  },
  "case.payment-failed": {
    title: { zh: "有一笔款没有付成", en: "A payment did not go through" },
    body: {
      zh: "{number} 的款项被银行退回：{reason}。请核对银行卡信息，更正后会重新发放。",
      en: "The bank sent back the payment of {number}: {reason}. Please check the card details; it is paid again once corrected.",
    },
    also: ["mail", "sms"],
  },
} as const satisfies TemplateTable;
