import { renderForm } from "../documents/pdf/index.ts";
import { type Day, formatDay } from "../kernel/day.ts";
import { formatYuan } from "../kernel/money.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";
import type { AppContext, Session } from "../kernel/route.ts";
import type { Lang, Text } from "../kernel/words.ts";
import type { FieldShown } from "../procedures/fields-shown.ts";
import { casePage } from "../procedures/pages.ts";

/** A printed case: what was asked, what was answered, what was done. Sees exactly what its reader may see. */
export async function printCase(
  ctx: AppContext,
  session: Session,
  id: string,
  today: Day,
  lang: Lang,
): Promise<Or<{ readonly bytes: Uint8Array; readonly number: string }>> {
  const page = await casePage(ctx.engine, id, session, today, lang);
  if (isRefusal(page)) return page;
  const { case: about, timeline } = page;
  const word = (text: Text) => text[lang];
  const rows = about.fields.flatMap((field) => written(field, about.answers[field.key], lang));
  const sections = [
    {
      title: lang === "zh" ? "基本信息" : "About",
      rows: [
        [lang === "zh" ? "编号" : "Number", about.number],
        [lang === "zh" ? "申请人" : "Applicant", about.applicantName],
        [lang === "zh" ? "所在工会" : "Union", about.unitName],
        [lang === "zh" ? "申请日期" : "Applied on", formatDay(about.openedOn, lang)],
        [lang === "zh" ? "当前" : "Now", word(about.stepTitle)],
        ...(about.amountFen === null
          ? []
          : [[lang === "zh" ? "金额" : "Amount", formatYuan(BigInt(about.amountFen))]]),
      ] as [string, string][],
    },
    { title: lang === "zh" ? "申请内容" : "Application", rows },
    {
      title: lang === "zh" ? "办理经过" : "History",
      rows: timeline.map((one): [string, string] => [
        `${formatDay(one.onDay, lang, "table")} ${word(one.title)}`,
        [one.byUnitName, one.byName, one.note].filter(Boolean).join(" · "),
      ]),
    },
  ];
  const bytes = await renderForm({
    title: word(about.serviceTitle),
    subtitle: about.number,
    sections,
    ...(typeof about.facts.letterCode === "string" && {
      code: { code: about.facts.letterCode, url: `${ctx.config.origin}/p/verify/${about.facts.letterCode}` },
    }),
    signatures: lang === "zh" ? ["申请人签名", "经办人签名"] : ["Applicant", "Officer"],
    lang,
  });
  return { bytes, number: about.number };
}

/** An answer as lines of a form. */
function written(field: FieldShown, value: unknown, lang: Lang): [string, string][] {
  if (value === undefined || value === null) return [];
  const label = field.label[lang];
  const option = (one: unknown) =>
    field.options?.find((other) => other.value === one)?.label[lang] ?? String(one);
  switch (field.kind) {
    case "list":
      return (value as readonly Readonly<Record<string, unknown>>[]).map((row, index) => [
        `${label} ${index + 1}`,
        (field.fields ?? [])
          .flatMap((column) => written(column, row[column.key], lang))
          .map(([name, text]) => `${name}: ${text}`)
          .join(lang === "zh" ? "；" : "; "),
      ]);
    case "money":
      return [[label, formatYuan(BigInt(value as number))]];
    case "oneOf":
      return [[label, option(value)]];
    case "manyOf":
      return [[label, (value as readonly unknown[]).map(option).join(lang === "zh" ? "、" : ", ")]];
    case "yesNo":
    case "consent":
      return [[label, value ? (lang === "zh" ? "是" : "yes") : lang === "zh" ? "否" : "no"]];
    case "papers":
    case "officers":
      return [[label, String((value as readonly unknown[]).length)]];
    case "person":
    case "unit":
      return [];
    default:
      return [[label, String(value)]];
  }
}
