/** A typed number in its smallest unit; what cannot be read stays text, and the rules say what is wrong. */
export function readNumber(typed: string, scale: number): number | string | undefined {
  const tidy = typed
    .replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/[\s,\u00a5\uffe5]/g, "");
  if (tidy === "") return undefined;
  const found = /^(\d{1,12})(?:\.(\d{0,2}))?$/.exec(tidy);
  if (!found || (scale === 1 && found[2] !== undefined)) return typed;
  return Number(found[1]) * scale + (scale === 1 ? 0 : Number((found[2] ?? "").padEnd(2, "0")));
}

/** A held number as it is typed: fen as yuan, basis points as per cent. */
export function plainNumber(value: number, scale: number): string {
  if (scale === 1) return String(value);
  return value % 100 === 0 ? String(value / 100) : (value / 100).toFixed(2);
}
