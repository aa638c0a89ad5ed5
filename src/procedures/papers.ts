import type { Tx } from "../db/index.ts";
import { isId } from "../kernel/ids.ts";
import type { KnownSite } from "./engine.ts";
import type { Answers, Fields } from "./fields.ts";

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

/** The kind of each paper that was named and is the actor's own or hangs on the case; others stay unknown. */
export async function paperKinds(tx: Tx, site: KnownSite): Promise<Readonly<Record<string, string>>> {
  const step = site.step === null ? undefined : site.service.steps[site.step];
  const asks = Object.assign(
    {},
    site.service.asks,
    ...Object.values(step?.may ?? {}).map((one) => one.asks ?? {}),
  ) as Fields;
  const ids = papersIn(asks, { ...site.answers, ...site.asked }).filter((id) => isId(id));
  if (ids.length === 0) return {};
  const rows = await tx
    .selectFrom("paper_lookup")
    .innerJoin("paper", (on) =>
      on
        .onRef("paper.district", "=", "paper_lookup.district")
        .onRef("paper.id", "=", "paper_lookup.paper_id"),
    )
    .where("paper_lookup.paper_id", "in", ids)
    .where("paper.deleted_at", "is", null)
    .where((or) =>
      or.or([or("paper.by_person", "=", site.actor.person), or("paper.case_id", "=", site.caseId)]),
    )
    .select(["paper.id", "paper.kind"])
    .execute();
  return Object.fromEntries(rows.map((row) => [row.id, row.kind]));
}
