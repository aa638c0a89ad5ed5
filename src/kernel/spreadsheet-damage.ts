/**
 * Whether a long number was damaged by a spreadsheet before it came here: written as a power of ten
 * (`3.40102E+17`), with a decimal point behind it, or handed over as a floating-point number with
 * more digits than one can hold. `text` is the value in half-width.
 */
export function isDamaged(value: unknown, text: string): boolean {
  if (typeof value === "number" && !Number.isSafeInteger(value)) return true;
  if (typeof value === "number" && text.length > 15) return true;
  return /^\d(?:\.\d+)?E\+?\d+$/i.test(text) || /^\d{12,}\.0*$/.test(text);
}
