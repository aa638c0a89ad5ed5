import { useQueries } from "@tanstack/react-query";
import type { Lang } from "../../../src/kernel/words.ts";
import { addressOf, ask } from "../../shared/api.ts";
import { useAnswer } from "../../shared/query.tsx";
import type { List } from "../../shared/types.ts";
import type { Figure } from "../types.ts";
import type { Line } from "../units/types.ts";
import type { Mark } from "./chart.tsx";
import { shortWords } from "./words.ts";

/** A union below and its figure. */
export interface BelowRow {
  readonly unit: Line;
  readonly value: number | null;
}

/** One figure of every union directly below, the largest first. */
export function useBelow(
  measure: string,
  unit: string,
  span: { readonly from: string | undefined; readonly to: string | undefined },
  limit: number,
  enabled = true,
): readonly BelowRow[] {
  const children = useAnswer<List<Line>>(addressOf("/units/:id/children", { id: unit }, { limit }), {
    staleTime: 300_000,
    enabled: enabled && unit !== "",
  });
  const units = enabled ? (children.data?.items ?? []) : [];
  const values = useQueries({
    queries: units.map(({ id }) => {
      const address = addressOf("/figures", {}, { unit: id, measure, ...span });
      return { queryKey: [address], staleTime: 60_000, queryFn: () => ask<Figure>(address), retry: false };
    }),
    combine: (answers) => answers.map((one) => (one.data as Figure | undefined)?.value ?? null),
  });
  return units
    .map((one, index) => ({ unit: one, value: values[index] ?? null }))
    .sort((one, other) => (other.value ?? -1) - (one.value ?? -1));
}

/** The rows as bars. */
export function marksOf(rows: readonly BelowRow[], of: Figure["unitOfMeasure"], lang: Lang): readonly Mark[] {
  return rows.flatMap(({ unit, value }) =>
    value === null ? [] : [{ name: unit.shortName ?? unit.name, value, words: shortWords(value, of, lang) }],
  );
}
