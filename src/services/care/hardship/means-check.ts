import type { Day } from "../../../kernel/day.ts";
import { formatYuan } from "../../../kernel/money.ts";
import type { Text } from "../../../kernel/words.ts";
import type { Statement } from "./statement.ts";

/** What an imported register says of one member of the household. */
export interface RegisterMatch {
  /** The member's relation to the applicant; no name leaves the answers. */
  readonly relation: string;
  readonly register: string;
  readonly kind: string;
  readonly asOf: Day;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Where a register contradicts what the household stated. It must be answered before grading. */
export interface Mismatch {
  readonly code: "vehicle" | "house" | "business" | "income";
  readonly text: Text;
  readonly register: string;
  readonly asOf: Day;
}

/** Kinds by which a register confirms need; kept as flags with source and date (aid.md §5, linkage). */
const linkageKinds = ["dibao", "dibao_edge", "extreme_poverty", "rigid_hardship", "anti_return"] as const;

/** The registers' contradictions of a statement. Pure. */
export function mismatchesOf(said: Statement, matches: readonly RegisterMatch[]): readonly Mismatch[] {
  return matches.flatMap((match) => mismatchOf(said, match) ?? []);
}

function mismatchOf(said: Statement, match: RegisterMatch): Mismatch | undefined {
  const from = { register: match.register, asOf: match.asOf };
  switch (match.kind) {
    case "vehicle":
      return said.hasVehicle
        ? undefined
        : {
            code: "vehicle",
            text: { zh: "登记有机动车，申请中填无", en: "A vehicle is registered; none was stated" },
            ...from,
          };
    case "house": {
      const count = Number(match.facts.count ?? 1);
      return (said.homes ?? 0) >= count
        ? undefined
        : {
            code: "house",
            text: {
              zh: `登记有 ${count} 套住房，申请中填 ${said.homes ?? 0} 套`,
              en: `${count} homes are registered; ${said.homes ?? 0} stated`,
            },
            ...from,
          };
    }
    case "business":
      return said.incomes?.some((one) => one.kind === "business")
        ? undefined
        : {
            code: "business",
            text: {
              zh: "登记有市场主体，申请中无经营收入",
              en: "A business is registered; no business income was stated",
            },
            ...from,
          };
    case "income": {
      const found = BigInt(Math.trunc(Number(match.facts.yearFen ?? 0)));
      const stated = (said.incomes ?? [])
        .filter((one) =>
          said.members?.some((member) => member.name === one.who && member.relation === match.relation),
        )
        .reduce((sum, one) => sum + BigInt(one.amountFen ?? 0), 0n);
      return found <= stated
        ? undefined
        : {
            code: "income",
            text: {
              zh: `登记年收入 ${formatYuan(found)}，申请中填 ${formatYuan(stated)}`,
              en: `${formatYuan(found)} a year is registered; ${formatYuan(stated)} was stated`,
            },
            ...from,
          };
    }
    default:
      return undefined;
  }
}

/** The flags by which government registers confirm need, with where and when they were read. */
export function linkageOf(matches: readonly RegisterMatch[]) {
  return matches
    .filter((one) => (linkageKinds as readonly string[]).includes(one.kind))
    .map(({ kind, register, asOf }) => ({ kind, register, asOf }));
}
