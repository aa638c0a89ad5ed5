import { halfWidth } from "../../../src/kernel/text.ts";

/**
 * The number of a person (identity, telephone, card) that was typed, or its first `least` digits: wide digits made narrow,
 * spaces and dashes gone. Null for words. Such numbers travel in a body, never in an address.
 */
export function typedNumber(typed: string, least = 7): string | null {
  const plain = halfWidth(typed).replace(/[\s-]/g, "").toUpperCase();
  return /^\+?\d+X?$/.test(plain) && plain.length >= least ? plain : null;
}
