import type { Text } from "../../kernel/words.ts";
import type { GenerateRequest } from "./request.ts";

/** Sizes worth a name. */
export interface Preset extends Pick<GenerateRequest, "members" | "units"> {
  readonly cases: number;
  readonly title: Text;
}

export const presets: Readonly<Record<string, Preset>> = {
  county: {
    members: 100_000,
    units: 850,
    cases: 3_000,
    title: { zh: "一个县：10 万会员", en: "a county: 100,000 members" },
  },
  city: {
    members: 1_000_000,
    units: 8_500,
    cases: 30_000,
    title: { zh: "一个市：100 万会员", en: "a city: one million members" },
  },
  province: {
    members: 16_600_000,
    units: 140_000,
    cases: 500_000,
    title: {
      zh: "一个省：1660 万会员、14 万个工会",
      en: "a province: 16.6 million members in 140,000 unions",
    },
  },
  "units-1m": {
    members: 0,
    units: 1_000_000,
    cases: 0,
    title: { zh: "只有组织树：100 万个工会", en: "the tree alone: one million unions" },
  },
  "units-10m": {
    members: 0,
    units: 10_000_000,
    cases: 0,
    title: { zh: "只有组织树：1000 万个工会", en: "the tree alone: ten million unions" },
  },
};
