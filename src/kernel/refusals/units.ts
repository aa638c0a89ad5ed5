import type { RefusalTable } from "./table.ts";

/** What src/units may refuse. */
export const unitsRefusals = {
  "unit-level": {
    status: 422,
    zh: "{child}工会不能设在{parent}工会之下。上级工会的层级应当高于下级。",
    en: "A union of the level “{child}” cannot stand under one of the level “{parent}”. The superior’s level must be higher.",
  },
  "unit-name": {
    status: 422,
    zh: "名称里应写明是工会，例如「××公司工会委员会」。",
    en: "The name must say that it is a union, for example “… 工会委员会”.",
  },
  "unit-name-taken": {
    status: 422,
    zh: "同一上级工会下已有「{name}」。",
    en: "“{name}” already exists under the same superior union.",
  },
  "unit-code": {
    status: 422,
    zh: "工会编码应为 2 至 32 位数字、字母或短横线。",
    en: "A union code has 2 to 32 digits, letters or dashes.",
  },
  "unit-code-unknown": {
    status: 404,
    zh: "没有编码为「{code}」的工会。编码写在每个工会页面的上方，也可以在「工会」列表里查。",
    en: "There is no union of the code “{code}”. The code stands at the top of each union’s page, and in the list of unions.",
  },
  "unit-code-taken": {
    status: 422,
    zh: "工会编码 {code} 已被使用。",
    en: "The union code {code} is already in use.",
  },
  "unit-uscc-taken": {
    status: 422,
    zh: "统一社会信用代码 {code} 已登记在另一个工会名下。",
    en: "The credit code {code} is already registered to another union.",
  },
  "unit-form": {
    status: 422,
    zh: "{level}工会不能称总工会。",
    en: "A union of the level “{level}” cannot be called a federation.",
  },
  "unit-region-level": {
    status: 422,
    zh: "行政区划与层级不符：{level}工会应填写同级的行政区划。",
    en: "The region does not fit the level “{level}”.",
  },
  "unit-region-outside": {
    status: 422,
    zh: "行政区划不在上级工会的辖区内。",
    en: "The region lies outside the superior union’s territory.",
  },
  "unit-parent-required": {
    status: 422,
    zh: "请选择上级工会。",
    en: "Please choose the superior union.",
  },
  "unit-parent-unknown": {
    status: 422,
    zh: "没有找到上级工会「{parent}」。",
    en: "The superior union “{parent}” was not found.",
  },
  "unit-parent-ambiguous": {
    status: 422,
    zh: "有多个工会叫「{parent}」，请改填工会编码。",
    en: "Several unions are called “{parent}”; please give the code instead.",
  },
  "unit-parent-cycle": {
    status: 422,
    zh: "上级工会之间形成了循环。",
    en: "The superior unions form a circle.",
  },
  "unit-cycle": {
    status: 422,
    zh: "不能把工会移到它自己或它的下级之下。",
    en: "A union cannot be moved under itself or one below it.",
  },
  "unit-closed": {
    status: 409,
    zh: "该工会已撤销或合并，不能再办理。",
    en: "This union has been dissolved or merged.",
  },
  "unit-has-children": {
    status: 409,
    zh: "还有 {count} 个下级工会，请先撤销或移走。",
    en: "{count} unions still stand below it; dissolve or move them first.",
  },
  "unit-has-members": {
    status: 409,
    zh: "还有 {count} 名会员，请先转出或保留会籍。",
    en: "{count} members are still in it; transfer or retain them first.",
  },
  "unit-has-cases": {
    status: 409,
    zh: "还有 {count} 件办件等本工会办，请先办完再撤并。",
    en: "{count} cases wait for this union’s decision; decide them first.",
  },
  "unit-legal-person": {
    status: 409,
    zh: "法人资格尚未注销。",
    en: "Its legal-person status has not been cancelled.",
  },
  "unit-status": {
    status: 409,
    zh: "不能从「{from}」变为「{to}」。目前可以：{offered}。",
    en: "The status cannot change from “{from}” to “{to}”. What can be: {offered}.",
  },
  "unit-term-years": {
    status: 422,
    zh: "基层工会每届三年或五年，地方和产业工会每届五年。",
    en: "A grassroots term is three or five years; local and industrial terms are five.",
  },
  "unit-term-span": {
    status: 422,
    zh: "届满日期应晚于本届开始日期。",
    en: "The term must end after it begins.",
  },
  "unit-seal": {
    status: 422,
    zh: "工会公章直径不超过 45 毫米。",
    en: "A union’s seal is at most 45 mm across.",
  },
  "unit-township-federation": {
    status: 422,
    zh: "乡镇（街道）称总工会需企业 {enterprises} 家、职工 {workers} 人以上，否则称工会联合会。",
    en: "A township federation needs {enterprises} enterprises and {workers} workers; otherwise it is an association of unions.",
  },
  "installation-founded": {
    status: 409,
    zh: "这个数据库已有工会，不能再次建立。要建立真实的安装，请换一个空的数据目录，并设 ZHIJIA_DEMO=off。",
    en: "This database holds a federation already. For a real installation use an empty data folder and ZHIJIA_DEMO=off.",
  },
  "region-unknown": {
    status: 422,
    zh: "没有行政区划代码 {code}。",
    en: "There is no region with the code {code}.",
  },
  "post-taken": {
    status: 409,
    zh: "{name} 在这段时间已任这一岗位。",
    en: "{name} already holds this post in that time.",
  },
  "post-single": {
    status: 409,
    zh: "这段时间已有在任的{role}：{name}。请先办理离任。",
    en: "There already is a {role} in that time: {name}. End that post first.",
  },
  "post-role": {
    status: 422,
    zh: "没有这种岗位：{role}。",
    en: "There is no such role: {role}.",
  },
  "post-own": {
    status: 403,
    zh: "不能给自己安排岗位，请由上级工会办理。",
    en: "You cannot give yourself a post; the superior union does that.",
  },
  "post-chair": {
    status: 403,
    zh: "主席由选举产生，经上一级工会批准后由上一级工会登记。",
    en: "A chair is elected, and entered by the superior union that approved the election.",
  },
  "post-incompatible": {
    status: 422,
    zh: "{name} 已任{held}，不能兼任{role}。",
    en: "{name} is {held} here and cannot also be {role}.",
  },
  "post-span": {
    status: 422,
    zh: "离任日期应晚于任职日期。",
    en: "A post must end after it begins.",
  },
  "post-until": {
    status: 422,
    zh: "这个岗位任期到 {until} 为止，离任只能提前，不能推后。",
    en: "This post runs until {until}; it can end earlier, not later.",
  },
  "post-ended": {
    status: 409,
    zh: "这个岗位已于 {on} 结束。",
    en: "This post ended on {on}.",
  },
  "person-unknown": {
    status: 422,
    zh: "没有找到这个人，或不在您的范围内。",
    en: "This person was not found, or is not within your scope.",
  },
  "policy-unknown": {
    status: 404,
    zh: "没有这项政策：{key}。",
    en: "There is no policy of this name: {key}.",
  },
  "policy-value": {
    status: 422,
    zh: "「{title}」的值不合要求：{why}。",
    en: "The value of “{title}” is not acceptable: {why}.",
  },
  "policy-past": {
    status: 422,
    zh: "政策只能从今天或以后生效，过去的不能改写。",
    en: "A policy can be set from today on; the past is not rewritten.",
  },
  "policy-source": {
    status: 422,
    zh: "请写明依据的文件。",
    en: "Please name the document it rests on.",
  },
  "policy-place": {
    status: 403,
    zh: "「{title}」由{levels}工会设定。",
    en: "“{title}” is set by unions of these levels: {levels}.",
  },
  "policy-not-own": {
    status: 403,
    zh: "只能为自己任职的工会设定政策。",
    en: "You can set policies only for the union in which you hold your post.",
  },
  "import-no-name": {
    status: 422,
    zh: "没有找到「工会名称」这一列。",
    en: "There is no column with the unions’ names.",
  },
  "import-unknown-word": {
    status: 422,
    zh: "「{value}」不在可填的内容里。可以填：{offered}。",
    en: "“{value}” is not one of the words expected: {offered}.",
  },
  "import-parent-refused": {
    status: 422,
    zh: "上级工会「{parent}」这一行没有通过，先改正它。",
    en: "The row of the superior union “{parent}” did not pass; correct it first.",
  },
  "import-code-twice": {
    status: 422,
    zh: "工会编码 {code} 在文件里出现了不止一次（第 {row} 行也有）。",
    en: "The code {code} stands in the file more than once (also in row {row}).",
  },
} satisfies RefusalTable;
