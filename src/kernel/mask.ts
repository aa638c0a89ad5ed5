const characters = new Intl.Segmenter("zh", { granularity: "grapheme" });

/** A name on any public page: its first character alone, 张*. */
export function maskName(name: string): string {
  const [first] = characters.segment(name);
  return first ? `${first.segment}*` : "";
}

/**
 * An identity number inside the union: the region and the last four, 110101********7715. Other
 * documents keep their last two. Never on a public page in any form.
 */
export function maskId(number: string): string {
  return number.length === 18 ? kept(number, 6, 4) : kept(number, 1, 2);
}

/** A telephone number: 138****0000; of a landline the area code and the last two. */
export function maskPhone(number: string): string {
  const landline = /^(0\d{2,3}-)(\d+)/.exec(number);
  if (landline) return (landline[1] as string) + kept(landline[2] as string, 0, 2);
  return kept(number, 3, 4);
}

/** A bank card: its last four, **** 1234, as reviewers see it. */
export function maskCard(number: string): string {
  return number.length > 4 ? `**** ${number.slice(-4)}` : "****";
}

/** An address: nothing but that there is one. */
export function maskAddress(address: string): string {
  return address === "" ? "" : "******";
}

/**
 * A cell of somebody's spreadsheet, which shows what kind of thing a column holds, not whose: long numbers
 * keep their ends, also those typed with full-width digits or with blanks between. Forty characters.
 */
export function maskSample(cell: string): string {
  return cell
    .normalize("NFKC")
    .replace(/\d(?: ?\d){6,}[Xx]?/g, (number) => kept(number, 3, 2))
    .slice(0, 40);
}

function kept(text: string, head: number, tail: number): string {
  if (text.length <= head + tail) return "*".repeat(text.length);
  return text.slice(0, head) + "*".repeat(text.length - head - tail) + text.slice(text.length - tail);
}
