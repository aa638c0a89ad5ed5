import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { isId } from "../kernel/ids.ts";
import { onceFor } from "../kernel/memo.ts";
import type { Service } from "./define.ts";
import type { KnownSite } from "./engine.ts";
import type { Answers, Fields } from "./fields.ts";
import { amended } from "./fold.ts";
import type { ActionRecord } from "./words.ts";

/** The papers some answers name, in the order of the questions. */
export function papersIn(asks: Fields, answers: Answers): readonly string[] {
  return Object.entries(asks).flatMap(([key, asked]) => {
    const value = answers[key];
    if (asked.kind === "papers") return Array.isArray(value) ? (value as readonly string[]) : [];
    if (asked.kind === "list" && Array.isArray(value))
      return value.flatMap((row: Answers) => papersIn(asked.fields ?? {}, row));
    return [];
  });
}

/**
 * The papers that count no more, each with the day of the hand-in that put others in their place. One that a later hand-in
 * names again counts again; one that no answer of the case ever named is not among them.
 */
export function papersReplaced(asks: Fields, actions: readonly ActionRecord[]): ReadonlyMap<string, Day> {
  const replaced = new Map<string, Day>();
  const [first, ...later] = actions;
  let answers = first?.answers ?? {};
  for (const { answers: given, after, onDay } of later) {
    if (after.amends.length === 0) continue;
    const next = amended(answers, given, after.amends);
    const counting = new Set(papersIn(asks, next));
    for (const id of papersIn(asks, answers)) if (!counting.has(id)) replaced.set(id, onDay);
    for (const id of counting) replaced.delete(id);
    answers = next;
  }
  return replaced;
}

/** All that is asked at a step, by its service's forms and by its actions. */
const asksAt = onceFor(
  ({ asks, steps }: Service): ReadonlyMap<string | null, Fields> =>
    new Map(
      Object.entries(steps).map(([name, { may }]) => [
        name,
        Object.assign({}, asks, ...Object.values(may).map((one) => one.asks ?? {})) as Fields,
      ]),
    ),
);

/** The kind of each paper that was named and is the actor's own or hangs on the case; others stay unknown. */
export async function paperKinds(tx: Tx, site: KnownSite): Promise<Readonly<Record<string, string>>> {
  const ids = papersIn(asksAt(site.service).get(site.step) ?? site.service.asks, {
    ...site.answers,
    ...site.asked,
  }).filter((id) => isId(id));
  if (ids.length === 0) return {};
  const places = await tx
    .selectFrom("paper_lookup")
    .where("paper_id", "in", ids)
    .select(["district", "paper_id"])
    .execute();
  const kinds: Record<string, string> = {};
  // One district as a rule: the applicant's until a paper hangs on the case, then the case's.
  for (const [district, here] of Map.groupBy(places, (one) => one.district)) {
    const rows = await tx
      .selectFrom("paper")
      .where("district", "=", district)
      .where(
        "id",
        "in",
        here.map((one) => one.paper_id),
      )
      .where("deleted_at", "is", null)
      .where((or) => or.or([or("by_person", "=", site.actor.person), or("case_id", "=", site.caseId)]))
      .select(["id", "kind"])
      .execute();
    for (const row of rows) kinds[row.id] = row.kind;
  }
  return kinds;
}
