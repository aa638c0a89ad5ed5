/** A statement as the program sent it. */
export interface Step {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Two rounds of the program that sent the same statements: what differs between them is made new in each round that is played. */
export interface Repeated {
  readonly first: readonly Step[];
  readonly second: readonly Step[];
}

/** A value of two rounds: the same in both, or how the next one is made. */
export type Next =
  | { readonly kind: "same"; readonly value: unknown }
  | { readonly kind: "number"; readonly from: number; readonly by: number }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "bytes"; readonly length: number };

const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** How the next round's value is made of two rounds' values, as JSON carries them. What is of no such kind stays. */
export function nextOf(first: unknown, second: unknown): Next {
  if (JSON.stringify(first) !== JSON.stringify(second)) {
    if (typeof second === "number") return { kind: "number", from: second, by: second - Number(first) };
    if (typeof second === "string" && uuid.test(second)) return { kind: "id", id: second };
    if (isBytes(second)) return { kind: "bytes", length: second.data.length };
  }
  return { kind: "same", value: second };
}

/** Bytes that travelled as JSON, as bytes again; anything else as it is. */
export function asSent(value: unknown): unknown {
  return isBytes(value) ? Buffer.from(value.data) : value;
}

function isBytes(value: unknown): value is { readonly data: number[] } {
  return typeof value === "object" && value !== null && (value as { type?: string }).type === "Buffer";
}

/** What was undone gave its case number back, so that several scripts hold the same one: each gets its own. */
export function renumbered(value: unknown, serial: number): unknown {
  return typeof value === "string"
    ? value.replace(/^(\d{4}-\d{6}-[A-Z]{2}-)\d+$/, (_, head: string) => head + serial)
    : asSent(value);
}
