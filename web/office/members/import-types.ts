import type { Text } from "../../../src/kernel/words.ts";

/** An import as lists and its page have it. */
export interface ImportLine {
  readonly id: string;
  readonly kind?: string;
  readonly fileName?: string;
  readonly unitId?: string;
  readonly unitName?: string;
  readonly state: string;
  readonly dryRun?: boolean;
  readonly read?: number;
  readonly loaded?: number;
  readonly updated?: number;
  readonly unchanged?: number;
  readonly duplicates?: number;
  readonly rejected?: number;
  readonly seconds?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string | null;
  readonly error?: string | null;
}

/** A column of the sheet and what it was taken for. */
export interface MappedColumn {
  readonly sheet?: string;
  readonly column: string;
  readonly header: string;
  readonly field: string | null;
  readonly confidence?: number | string;
  readonly samples: readonly (string | number | null)[];
}

export interface ImportProblem {
  readonly sheet: string;
  readonly row: number;
  readonly column: string | null;
  readonly field?: string | null;
  readonly code: string;
  readonly message: string | Text;
  readonly proposal?: string | Text | null;
  readonly level?: string;
}

export interface ImportAnswer extends ImportLine {
  readonly sheets?: readonly (
    | string
    | { readonly name: string; readonly rows?: number; readonly headerRow?: number }
  )[];
  readonly mapping?: readonly MappedColumn[];
  readonly fields?: readonly { readonly field: string; readonly title: Text; readonly required?: boolean }[];
  readonly unmapped?: readonly string[];
  readonly missing?: readonly string[];
  readonly rows?: readonly ImportProblem[];
  readonly total?: number;
  readonly progress?: { readonly done: number; readonly all: number } | number | null;
  readonly reportUrl?: string | null;
}
