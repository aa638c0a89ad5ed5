import type { Text } from "../kernel/words.ts";
import type { Service } from "./define.ts";

/** A step's or an end's name. */
export function stepTitle(service: Service | undefined, name: string): Text {
  return service?.steps[name]?.title ?? service?.ends[name]?.title ?? { zh: name, en: name };
}

const systemNames: Readonly<Record<string, Text>> = {
  open: { zh: "提出申请", en: "Applied" },
  escalated: { zh: "逾期上报", en: "Escalated: overdue" },
  lapsed: { zh: "到期失效", en: "Lapsed" },
  consented: { zh: "到期视为同意", en: "Silence is consent" },
  clock: { zh: "期满", en: "Time was up" },
  "calendar-known": { zh: "已公布放假安排，确定期限", en: "Holidays published; the day is named" },
  "objection-upheld": { zh: "异议成立", en: "Objection upheld" },
  rate: { zh: "评价", en: "Rated" },
};

/** An action's name in words. */
export function actionTitle(service: Service, name: string, fromStep: string | null): Text {
  const declared = fromStep === null ? undefined : service.steps[fromStep]?.may[name]?.title;
  const late = fromStep === null ? undefined : service.steps[fromStep]?.whenLate;
  const named = typeof late === "object" && "to" in late && late.name === name;
  return (
    declared ?? systemNames[name] ?? (named ? { zh: "期满", en: "Time was up" } : { zh: name, en: name })
  );
}
