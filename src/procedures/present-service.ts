import { type Refusal, sentence, sourceText } from "../kernel/refusal.ts";
import type { Lang, Text } from "../kernel/words.ts";
import type { Service } from "./define.ts";
import { jsonSchema, showFields } from "./fields-shown.ts";

/** A service in the catalogue (API.md). */
export function presentService(service: Service, mayStart: Refusal | null, lang: Lang) {
  return {
    id: service.id,
    version: service.version,
    group: service.group,
    title: service.title,
    summary: service.summary,
    forWhom: service.forWhom,
    youGet: service.youGet,
    howLong: service.howLong,
    whoSees: service.whoSees,
    basis: service.basis.map((source) => ({ ...source, text: sourceText(source, lang) })),
    lifeEvents: service.lifeEvents,
    papers: (service.papers ?? []).map(({ kind, label, whenText }) => ({
      kind,
      label,
      ...(whenText && { when: whenText }),
    })),
    mayStart: { allowed: mayStart === null, ...(mayStart && { refusal: sentence(mayStart, lang) }) },
    /** Whether nobody but a member may ask for it. */
    forMembers: service.mayStart.who === "member",
    onBehalf: service.mayStart.onBehalf ?? null,
    round: service.round?.power ?? null,
    fields: showFields(service.asks),
    pages: service.pages,
    jsonSchema: jsonSchema(service.asks),
    steps: Object.entries(service.steps)
      .filter(([, step]) => !step.aside)
      .map(([id, step]) => ({ id, title: step.title, who: whoText(step), within: withinOf(service, id) })),
    ends: Object.entries(service.ends).map(([id, end]) => ({ id, title: end.title, good: end.good })),
  };
}

const levelWords: Readonly<Record<string, Text>> = {
  own: { zh: "本单位工会", en: "your own union" },
  township: { zh: "乡镇（街道）工会", en: "the township union" },
  county: { zh: "县级总工会", en: "the county federation" },
  city: { zh: "市总工会", en: "the city federation" },
  province: { zh: "省总工会", en: "the provincial federation" },
  national: { zh: "全国总工会", en: "the national federation" },
};

function whoText({ by, notice }: Service["steps"][string]): Text {
  if (by === "applicant") return { zh: "申请人", en: "the applicant" };
  // Steps that wait for a batch, a bank or the next yearly check do not go on because a time has run out.
  if (by === "clock")
    return notice
      ? { zh: "期满自动进行", en: "goes on by itself" }
      : { zh: "您不用办", en: "nothing for you to do" };
  const level = typeof by.level === "string" ? by.level : (by.level[0] ?? "own");
  return levelWords[level] ?? { zh: "工会", en: "the union" };
}

function withinOf(service: Service, id: string): { readonly days: number; readonly unit: string } | null {
  const step = service.steps[id];
  const clock = step?.notice?.days ?? step?.within;
  if (!clock || typeof clock === "function") return null;
  const rule = ("defaults" in clock ? clock.defaults[0]?.value : clock) as
    | { days?: number; months?: number; unit: string }
    | undefined;
  return rule ? { days: rule.days ?? rule.months ?? 0, unit: rule.unit } : null;
}
