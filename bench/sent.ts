/** Bytes that travelled as JSON, as bytes again; anything else as it is. */
export function asSent(value: unknown): unknown {
  return isBytes(value) ? Buffer.from(value.data) : value;
}

export function isBytes(value: unknown): value is { readonly data: number[] } {
  return typeof value === "object" && value !== null && (value as { type?: string }).type === "Buffer";
}

/** What was undone gave its case number back, so that several scripts hold the same one: each gets its own. */
export function renumbered(value: unknown, serial: number): unknown {
  return typeof value === "string"
    ? value.replace(/^(\d{4}-\d{6}-[A-Z]{2}-)\d+$/, (_, head: string) => head + serial)
    : asSent(value);
}
