import type { RefusalTable } from "./table.ts";

/** What src/people may refuse. */
export const peopleRefusals = {
  "cell-error": {
    status: 422,
    zh: "这一格是公式错误 {value}，请改成内容本身。",
    en: "This cell holds a formula’s error, {value}. Write what it should say.",
  },
  "under-sixteen": {
    status: 422,
    zh: "未满 {age} 周岁，不能成为会员。",
    en: "Under {age} years of age: cannot be a member.",
  },
  "birth-differs-from-id": {
    status: 422,
    zh: "出生日期 {sheet} 与证件号中的 {id} 不一致，以证件号为准。",
    en: "The birth date {sheet} differs from {id} in the identity number, which governs.",
  },
  "sex-differs-from-id": {
    status: 422,
    zh: "性别「{sheet}」与证件号所示「{id}」不一致。",
    en: "The sex “{sheet}” differs from what the identity number tells: “{id}”.",
  },
  "code-unknown": {
    status: 422,
    zh: "「{value}」不在代码表中。",
    en: "“{value}” is not in the list of codes.",
  },
  "day-taken-as-first": {
    status: 422,
    zh: "只写到月份 {month}，已按 {day} 记。",
    en: "Only the month {month} is given; {day} was taken.",
  },
  "joined-in-future": {
    status: 422,
    zh: "入会日期 {day} 晚于今天。",
    en: "The day of joining, {day}, is after today.",
  },
  "bad-member-number": {
    status: 422,
    zh: "会员证号应为 4 至 30 位字母、数字或短横。",
    en: "A member number has 4 to 30 letters, digits or hyphens.",
  },
  "roster-no-heads": {
    status: 422,
    zh: "没有找到表头。名册至少要有「姓名」和「身份证号」两列，表头应在前 25 行内。没有表头的，请在名单上面加一行。",
    en: "No column heads were found. A roster needs at least the columns 姓名 (name) and 身份证号 (identity number), with their heads within the first 25 rows. If there are none, add a row of them above the names.",
  },
  "roster-no-identity": {
    status: 422,
    zh: "没有找到「身份证号」一列。请补上这一列，或在网页上导入，指明是哪一列。",
    en: "No column of identity numbers was found. Add it, or import on the web and point it out.",
  },
  "roster-unit-unknown": {
    status: 422,
    zh: "在所选工会之下没有找到「{unit}」。",
    en: "No union named “{unit}” was found under the one chosen.",
  },
  "roster-unit-closed": {
    status: 422,
    zh: "「{unit}」已撤销或合并，不能再有会员。",
    en: "“{unit}” has been dissolved or merged and cannot hold members.",
  },
  "total-left-out": {
    status: 422,
    zh: "这是一行合计，没有读入。",
    en: "This is a row of totals and was left out.",
  },
  "roster-same-person": {
    status: 422,
    zh: "与本文件「{sheet}」第 {row} 行是同一证件号，以先出现的一行为准。",
    en: "The same identity number as row {row} of sheet “{sheet}”; the earlier row counts.",
  },
  "identity-other-name": {
    status: 422,
    zh: "该证件号在库中登记的姓名是「{name}」，与本行不同。",
    en: "This identity number is registered under another name, “{name}”.",
  },
  "identity-other-person": {
    status: 422,
    zh: "该证件号在其他工会登记的是另一个姓名。请核对姓名和证件号。",
    en: "Another union has this identity number under another name. Please check both.",
  },
  "member-elsewhere": {
    status: 409,
    zh: "此人的会员关系在其他工会，一个人只能有一个会员关系。导入不新增这一行，改向原工会发接转申请。",
    en: "This person’s membership is held by another union, and one person has one membership. Loading adds nobody here: it asks that union for a transfer.",
  },
  "member-elsewhere-asked": {
    status: 409,
    zh: "此人的会员关系在其他工会，接转申请已在办理中。",
    en: "This person’s membership is held by another union; its transfer is already under way.",
  },
  "member-dead": {
    status: 409,
    zh: "此人在库中登记为去世，请先核对。",
    en: "This person is recorded as deceased. Please check first.",
  },
  "member-expelled": {
    status: 409,
    zh: "此人曾被开除会籍，不能由名册直接恢复，须重新申请入会。",
    en: "This person was expelled and cannot return by a roster; they must apply to join.",
  },
  "member-applied": {
    status: 409,
    zh: "此人正在申请入会，请在办件中审批。",
    en: "This person’s application to join is under way. Decide it there.",
  },
  "member-listed-elsewhere": {
    status: 409,
    zh: "另一家工会已把此人列入名册，正等本人确认。本人答复以前不能再列一次。",
    en: "Another union has put this person on its roster and waits for their word. Until they answer they are not put on a second one.",
  },
  "member-disowned": {
    status: 409,
    zh: "此人已说明名册与本人情况不符（{why}）。请先向本人核实；确应入会的，由本人申请。",
    en: "This person has said that the roster is not so ({why}). Ask them first; if they are to join, they apply themselves.",
  },
  "confirmation-proof-needed": {
    status: 422,
    zh: "入会要本人自愿。由工会代为确认的，请写明本人怎样确认（例如：纸质确认书、当面签字的日期）。",
    en: "Joining is the worker’s own will. Where the union confirms for them, say how they did so (a signed form, the day they signed).",
  },
  "nobody-to-remind": {
    status: 409,
    zh: "没有要提醒的人：没有人待确认，或已经都提醒过一次。",
    en: "There is nobody to remind: nobody has yet to confirm, or everybody was reminded once.",
  },
  "phone-kept": {
    status: 409,
    zh: "名册上的手机号没有采用：此人在系统中已有自己的记录，手机号关系到登录。本人确认入会后，或入会满 30 天后，再由所在工会更正。",
    en: "The roster’s telephone number was not taken: this person has a record of their own, and signs in by it. Their union may correct it once they have confirmed the membership themselves, or 30 days into it.",
  },
  "card-kept": {
    status: 409,
    zh: "名册上的卡号没有采用：此人在系统中已有自己的记录，卡号关系到发款。本人确认入会后，或入会满 30 天后，再由所在工会更正。",
    en: "The roster’s card number was not taken: this person has a record of their own, and is paid by it. Their union may correct it once they have confirmed the membership themselves, or 30 days into it.",
  },
  "person-elsewhere": {
    status: 409,
    zh: "此人的档案在其他区县，须先迁来档案，再恢复会籍。",
    en: "This person’s record is kept in another district. It must be moved here before the membership is restored.",
  },
  "sheet-skipped": {
    status: 422,
    zh: "工作表「{sheet}」没有姓名和身份证号两列，已跳过。",
    en: "The sheet “{sheet}” has no columns of names and identity numbers and was skipped.",
  },
  "already-member": {
    status: 409,
    zh: "此人已有会员关系，换单位请办理会员关系接转，不用再次入会。",
    en: "This person already holds a membership. Changing unions is a transfer, not a second joining.",
  },
  "identity-taken": {
    status: 409,
    zh: "这个证件号已登记在另一份人员档案上。如果是同一个人（例如名册里已有此人），请用那份档案办理或合并两份档案；如果号码填错，请退回更正。",
    en: "This identity number already stands on another record. If it is the same person (a roster may hold them), use that record or merge the two; if the number is wrong, return it for correction.",
  },
  "identity-differs": {
    status: 409,
    zh: "填写的证件号与本人档案里的不一致。请核对号码；如档案有误，请先由所在工会更正。",
    en: "The identity number given differs from the one on this person’s record. Check it, or have the union correct the record first.",
  },
  "import-running": {
    status: 409,
    zh: "这份名册正在导入，请等它完成。",
    en: "This roster is being loaded already. Please wait until it is done.",
  },
  "import-kind": {
    status: 422,
    zh: "不能导入「{kind}」这类文件。",
    en: "Files of the kind “{kind}” cannot be imported.",
  },
  "import-no-file": { status: 422, zh: "请选择要导入的文件。", en: "Choose the file to import." },
  "import-mapping": {
    status: 422,
    zh: "列的对应关系有误：{why}。",
    en: "The mapping of columns does not hold: {why}.",
  },
  "number-in-url": {
    status: 400,
    zh: "证件号和手机号不能放在网址里，请用查询表单提交。",
    en: "Identity and phone numbers do not belong in an address. Send them by the search form.",
  },
  "purpose-needed": {
    status: 422,
    zh: "查看完整信息前请写明用途（至少 4 个字），本人可以看到。",
    en: "Say what for (at least 4 characters) before seeing the full value; the person can read it.",
  },
  "membership-not-offered": {
    status: 409,
    zh: "会籍现为「{status}」，不能办理「{action}」。",
    en: "The membership stands at “{status}”; “{action}” is not possible.",
  },
  "membership-not-yours": {
    status: 403,
    zh: "「{action}」应由{who}办理。",
    en: "“{action}” is for {who} to do.",
  },
  "reason-needed": { status: 422, zh: "请写明原因。", en: "Please give the reason." },
  "decision-needed": {
    status: 422,
    zh: "须附基层工会委员会的决定（{what}）。系统不会自行作出这一处理。",
    en: "A decision of the grassroots committee must be attached ({what}). The system never does this by itself.",
  },
  "rehired-retiree": {
    status: 409,
    zh: "返聘的退休人员保留会籍，不恢复为正常会员。",
    en: "A retiree hired again keeps the retained membership; it does not become active.",
  },
  "four-eyes": {
    status: 409,
    zh: "提出人不能自己决定，须由另一人办理。",
    en: "Who proposed it may not decide it; another person must.",
  },
  "transfer-open": {
    status: 409,
    zh: "此人已有一份接转申请在办理中。",
    en: "A transfer of this person is already under way.",
  },
  "transfer-not-offered": {
    status: 409,
    zh: "接转申请现为「{status}」，不能办理这一步。",
    en: "The transfer stands at “{status}”; this step is not possible.",
  },
  "transfer-membership-over": {
    status: 409,
    zh: "此人的会籍现为「{status}」，不能再接转；这份接转申请只能不予接收。",
    en: "The membership stands at “{status}” and cannot be transferred any more; the transfer can only be refused.",
  },
  "transfer-common-superior": {
    status: 409,
    zh: "原工会没有转出，已报两家工会的共同上级，由上级决定。",
    en: "The old union never released it, so it stands before the nearest union above both, which decides.",
  },
  "worker-chooses-union": {
    status: 409,
    zh: "派遣单位和用工单位的工会都登记了此人，由本人选择参加哪一家工会，工会不能代为决定。",
    en: "The unions of the agency and of the user unit both name this worker. The worker chooses between them; no union decides for them.",
  },
  "member-claimed": {
    status: 409,
    zh: "此人是劳务派遣工，会员关系在其他工会。一个人只能有一个会员关系。导入不新增这一行，请本人选择参加哪一家工会。",
    en: "This worker is dispatched by an agency and is a member of another union. One person has one membership. Loading adds nobody here: the worker is asked to choose.",
  },
  "transfer-other-union": {
    status: 409,
    zh: "只有接转申请中写明的工会才能办理这一步。",
    en: "Only the union named in the transfer may take this step.",
  },
  "merge-same": { status: 422, zh: "不能与自己合并。", en: "A person cannot be merged with themselves." },
  "merge-two-members": {
    status: 409,
    zh: "两人都有会员关系，请先注销其中重复的一个。",
    en: "Both hold a membership. Cancel the duplicate one first.",
  },
  "merge-other-district": {
    status: 409,
    zh: "两人的档案在不同区县，请先办理接转。",
    en: "The two records are in different districts. Transfer one of them first.",
  },
  "card-invalid": { status: 422, zh: "这不是有效的会员卡码。", en: "This is not a valid member card code." },
  "card-expired": {
    status: 422,
    zh: "会员卡码已过期，请持卡人刷新后再扫。",
    en: "The card’s code has expired. Ask the holder to refresh it and scan again.",
  },
  "no-card": {
    status: 409,
    zh: "会籍正常后才有会员卡。",
    en: "There is a card only while the membership is active.",
  },
  "household-head": {
    status: 422,
    zh: "家庭成员名单里要有户主本人。",
    en: "The household’s members must include its head.",
  },
} satisfies RefusalTable;
