import type { TemplateTable } from "./table.ts";

/** What people are told about their membership, their file and the rosters they load. */
export const peopleTemplates = {
  "member.joined": {
    title: { zh: "您已成为工会会员", en: "You are now a union member" },
    body: {
      zh: "您已加入{unit}，会员号 {memberNo}。会员证已可在「我的」中出示。",
      en: "You have joined {unit}; your member number is {memberNo}. Your card is ready under “Me”.",
    },
    also: ["mail", "sms"],
  },
  "member.unconfirmed": {
    title: { zh: "请确认您的会员身份", en: "Please confirm your membership" },
    body: {
      zh: "{unit}已把您列入会员名册，还在等您确认。请打开首页确认；不是的，请说明情况。",
      en: "{unit} has put you on its roster and still waits for your word. Please open the first page to confirm it, or say that it is not so.",
    },
    also: ["mail", "sms"],
  },
  "member.disowned": {
    title: { zh: "有人说明名册与本人不符", en: "Somebody says that the roster is not so" },
    body: {
      zh: "{name}说明不应列入{unit}的名册：{why}。请核对名册。",
      en: "{name} says that the roster of {unit} should not name them: {why}. Please check the roster.",
    },
    also: ["mail"],
  },
  "member.claimed": {
    title: { zh: "请选择参加哪一家工会", en: "Please choose your union" },
    body: {
      zh: "{unit}也登记您为会员。一个人只能有一个会员关系，请打开首页选择；不选择的，仍在原来的工会。",
      en: "{unit} names you a member too. One person has one membership: please choose on the first page. If you do nothing, you stay where you are.",
    },
    also: ["mail", "sms"],
  },
  "member.changed": {
    title: { zh: "您的会籍有变动", en: "Your membership has changed" },
    body: {
      zh: "自{on}起，您在{unit}的会籍为「{status}」。如有疑问，请联系工会。",
      en: "From {on}, your membership in {unit} stands as “{status}”. If this is not right, please ask your union.",
    },
    also: ["mail"],
  },
  "member.renumbered": {
    title: { zh: "您在工会登记的手机号码已更改", en: "Your telephone number on record was changed" },
    body: {
      zh: "{unit}更改了您登记的手机号码，以后用新号码登录。如果不是您要改的，请尽快联系该工会或它的上级工会。",
      en: "{unit} changed the telephone number kept of you; you sign in by the new one from now on. If you did not ask for this, please tell that union or the union above it soon.",
    },
    also: ["sms"],
  },
  "transfer.asked": {
    title: { zh: "有会籍接转等您办", en: "A transfer of membership waits for you" },
    body: {
      zh: "{name}的会员关系要由{from}转到{to}，请在{dueOn}前办理。",
      en: "The membership of {name} is to go from {from} to {to}. Please answer by {dueOn}.",
    },
    also: ["mail"],
  },
  "transfer.escalated": {
    title: { zh: "有会籍接转逾期，报您决定", en: "An overdue transfer of membership is yours to decide" },
    body: {
      zh: "{name}由{from}转到{to}的会籍接转逾期没有办，请您决定。",
      en: "The transfer of {name} from {from} to {to} was not answered in time. Please decide it.",
    },
    also: ["mail"],
  },
  "transfer.begun": {
    title: { zh: "工会为您申请了会籍接转", en: "Your union asked for your transfer" },
    body: {
      zh: "您的会员关系要由{from}转到{to}。两家工会办完以前，您仍是{from}的会员。如果不是您的意思，请联系工会。",
      en: "Your membership is to go from {from} to {to}. Until both unions have agreed you stay a member of {from}. If this is not your wish, please tell your union.",
    },
    also: ["mail", "sms"],
  },
  "roster.done": {
    title: { zh: "名册已导入", en: "The roster is loaded" },
    body: {
      zh: "{file}：读取 {read} 行，新增 {loaded} 人，更新 {updated} 人，重复 {duplicates} 行，退回 {rejected} 行。",
      en: "{file}: {read} rows read, {loaded} people added, {updated} updated, {duplicates} duplicates, {rejected} rows to correct.",
    },
  },
  "roster.failed": {
    title: { zh: "名册没有导入完", en: "The roster was not loaded to the end" },
    body: {
      zh: "{file}导入中断，已导入的保留。重新上传同一文件会从中断处继续。",
      en: "Loading {file} was interrupted; what was loaded stays. Send the same file again to go on from there.",
    },
  },
  "post.given": {
    title: { zh: "您有新的工会职务", en: "You hold a new post" },
    body: { zh: "自{fromOn}起，您在{unit}担任{role}。", en: "From {fromOn} you serve in {unit} as {role}." },
    also: ["mail"],
  },
  "post.ended": {
    title: { zh: "您的工会职务已结束", en: "Your post has ended" },
    body: {
      zh: "自{fromOn}起，您不再担任{unit}{role}。",
      en: "From {fromOn} you no longer serve in {unit} as {role}.",
    },
    also: ["mail"],
  },
} as const satisfies TemplateTable;
