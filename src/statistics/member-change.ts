import { addDays } from "../kernel/day.ts";
import { type Or, refuse } from "../kernel/refusal.ts";
import { closingOf, type MemberChange, type PeriodChange } from "../people/member-change.ts";
import type { Count, Span } from "../rollups/index.ts";
import { type Asked, sums, total } from "./asked.ts";
import { hiddenCells, isSmall } from "./suppress.ts";

/** The rows of the period equation, in its order (membership.md §11). */
export const changeKinds = [
  "joined",
  "transferredIn",
  "reactivated",
  "transferredOut",
  "retained",
  "withdrawn",
  "autoWithdrawn",
  "expelled",
  "deceased",
  "cancelled",
] as const satisfies readonly (keyof PeriodChange)[];

export type ChangeKind = (typeof changeKinds)[number];

const arriving: readonly string[] = ["joined", "transferredIn", "reactivated"] satisfies ChangeKind[];

/** What changed in a span, under the kinds of the equation. A transfer between two unions of the place is no change. */
async function changes({ read }: Asked, span: Span): Promise<readonly Count[]> {
  const [within, own, came, went] = await Promise.all([
    read("change.within", span),
    read("change.own", span),
    read("change.in", span),
    read("change.out", span),
  ]);
  const inner = within.map((count) => ({ ...count, n: -count.n }));
  const as = (key: ChangeKind, counts: readonly Count[]) => counts.map((count) => ({ ...count, key }));
  return [...own, ...as("transferredIn", [...came, ...inner]), ...as("transferredOut", [...went, ...inner])];
}

/** The same with what went below zero: what they add up to is by how much the members changed. */
export async function netChanges(asked: Asked, span: Span): Promise<readonly Count[]> {
  return (await changes(asked, span)).map((count) =>
    arriving.includes(count.key) ? count : { ...count, n: -count.n },
  );
}

/** A period of a union or of any roll-up of unions, with what it closed at. Counts of persons. */
export interface Period {
  readonly change: PeriodChange;
  /** Members at the end of the last day, from those there are now. */
  readonly closing: number;
}

/**
 * The change of members from one day to another, both included (membership.md §11). What it opens with comes from the
 * events of all time before it, what it closes with from the members there are now and the events since: when the
 * equation does not hold, events are missing or members were changed without one, and the period is refused with
 * `period-unbalanced` rather than shown.
 */
export async function memberPeriod(asked: Asked): Promise<Or<Period>> {
  const { from, to } = asked;
  const [changed, earlier, since, members] = await Promise.all([
    changes(asked, { from, to }),
    netChanges(asked, { to: addDays(from, -1) }),
    netChanges(asked, { from: addDays(to, 1) }),
    asked.read("member.sex"),
  ]);
  const during = sums(changed, ({ key }) => key);
  const of = (kind: MemberChange | ChangeKind): number => during.get(kind) ?? 0;
  const change: PeriodChange = {
    opening: total(earlier),
    joined: of("joined"),
    transferredIn: of("transferredIn"),
    reactivated: of("reactivated"),
    transferredOut: of("transferredOut"),
    retained: of("retained"),
    withdrawn: of("withdrawn"),
    autoWithdrawn: of("autoWithdrawn"),
    expelled: of("expelled"),
    deceased: of("deceased"),
    cancelled: of("cancelled"),
  };
  const closing = total(members) - total(since);
  const computed = closingOf(change);
  if (computed !== closing) return refuse("period-unbalanced", { computed, closing });
  return { change, closing };
}

/** A period as it is told: numbers of fewer than `least` persons are null, and those that would give them away; null tells all. */
export function toldPeriod(
  { change, closing }: Period,
  least: number | null,
): Readonly<Record<"opening" | ChangeKind | "closing", number | null>> {
  const hidden = hiddenCells(
    changeKinds.map((kind) => ({ records: change[kind] })),
    least ?? 0,
  );
  const stock = (members: number) => (isSmall(members, least ?? 0) ? null : members);
  const told = Object.fromEntries(
    changeKinds.map((kind, index) => [kind, hidden[index] ? null : change[kind]]),
  ) as Record<ChangeKind, number | null>;
  return { opening: stock(change.opening), ...told, closing: stock(closing) };
}
