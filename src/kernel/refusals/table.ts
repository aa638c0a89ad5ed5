/**
 * One expected failure: its HTTP status and its sentence in both languages. `{name}` in a sentence
 * is filled from the refusal's params; both sentences name the same params.
 */
export interface RefusalRow {
  readonly status: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 422 | 429 | 503 | 507;
  readonly zh: string;
  readonly en: string;
}

/** The refusals of one module, by their stable code. */
export type RefusalTable = Readonly<Record<string, RefusalRow>>;
