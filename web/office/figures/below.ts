import type { Lang } from "../../../src/kernel/words.ts";
import { addressOf } from "../../shared/api.ts";
import { useAnswer } from "../../shared/query.tsx";
import type { Figure } from "../types.ts";
import type { Mark } from "./chart.tsx";
import { shortWords, toldWords } from "./words.ts";

/** A union below and its figure. */
export interface BelowRow {
  readonly unit: { readonly id: string; readonly name: string; readonly shortName: string | null };
  readonly value: number | null;
  readonly hidden: boolean;
}

/** One figure of every union directly below, the largest first. */
export function useBelow(
  measure: string,
  unit: string,
  span: { readonly from: string | undefined; readonly to: string | undefined },
  enabled = true,
): readonly BelowRow[] {
  const found = useAnswer<{ readonly items: readonly BelowRow[] }>(
    addressOf("/figures/below", {}, { unit, measure, ...span }),
    { staleTime: 60_000, enabled: enabled && unit !== "" },
  );
  return found.data?.items ?? [];
}

/** The rows as bars. */
export function marksOf(rows: readonly BelowRow[], of: Figure["unitOfMeasure"], lang: Lang): readonly Mark[] {
  return rows.flatMap((row) =>
    row.value === null && !row.hidden
      ? []
      : [
          {
            name: row.unit.shortName ?? row.unit.name,
            value: row.value ?? 0,
            words: row.value === null ? toldWords(row, of, lang) : shortWords(row.value, of, lang),
          },
        ],
  );
}
