import type { Text } from "../../../src/kernel/words.ts";
import { addressOf } from "../../shared/api.ts";
import type { PaperLabel } from "../../shared/fields/field.tsx";
import { usePaperLabels } from "../../shared/fields/needed-papers.ts";
import { useLang } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import type { Answers, ServiceList } from "../../shared/types.ts";

/** What kinds of paper are called, where the service does not say. */
const titles: Readonly<Record<string, Text>> = {
  identity: { zh: "身份证", en: "ID card" },
  "id-card": { zh: "身份证", en: "ID card" },
  household: { zh: "户口簿", en: "Household register" },
  "household-register": { zh: "户口簿", en: "Household register" },
  income: { zh: "收入证明", en: "Proof of income" },
  "income-proof": { zh: "收入证明", en: "Proof of income" },
  diagnosis: { zh: "诊断证明", en: "Diagnosis" },
  bills: { zh: "费用票据", en: "Bills" },
  "medical-bills": { zh: "医疗票据", en: "Medical bills" },
  consent: { zh: "授权书", en: "Consent" },
  authorisation: { zh: "核对授权书", en: "Authorisation" },
  card: { zh: "银行卡", en: "Bank card" },
  "bank-card": { zh: "银行卡", en: "Bank card" },
  disability: { zh: "残疾证", en: "Disability certificate" },
  enrolment: { zh: "在学证明", en: "Proof of enrolment" },
  visit: { zh: "入户照片", en: "Visit photo" },
  "visit-photo": { zh: "入户照片", en: "Visit photo" },
  dibao: { zh: "低保证明", en: "Minimum-living certificate" },
  disaster: { zh: "灾害证明", en: "Disaster certificate" },
  letter: { zh: "文书", en: "Letter" },
  other: { zh: "其他材料", en: "Other paper" },
};

/** What a kind of paper is called: as some service names it, else in general words. */
export function usePaperTitle(): (kind: string) => Text {
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const named = new Map(
    services.data?.items.flatMap((service) => service.papers.map((one) => [one.kind, one.label] as const)),
  );
  return (kind) => named.get(kind) ?? titles[kind] ?? { zh: "材料", en: "Paper" };
}

/** The kinds of paper that a service asks for, and which of them these answers call for; none while no service is meant. */
export function useServicePapers(
  service: string | undefined,
  answers: Answers,
): Readonly<Record<string, PaperLabel>> {
  const { t } = useLang();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  return usePaperLabels(
    services.data?.items.find(({ id }) => id === service),
    answers,
    t,
  );
}
