/** Bytes that travelled as JSON, as bytes again; anything else as it is. */
export function asSent(value: unknown): unknown {
  return isBytes(value) ? Buffer.from(value.data) : value;
}

export function isBytes(value: unknown): value is { readonly data: number[] } {
  return typeof value === "object" && value !== null && (value as { type?: string }).type === "Buffer";
}
