/**
 * The shared texts of a workbook, packed as UTF-8 in pages outside the JavaScript heap: two million short
 * texts take some 40 MB where an array of strings takes ten times that.
 */
export class Texts {
  #pages: Buffer[] = [];
  #used = 0;
  #starts = new Uint32Array(1024);
  #count = 0;
  #bytes = 0;
  readonly #recent = new Map<number, string>();

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes + this.#starts.byteLength;
  }

  add(text: string): void {
    const size = Buffer.byteLength(text);
    let page = this.#pages.at(-1);
    if (page === undefined || this.#used + size > PAGE_BYTES) {
      page = Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, size));
      this.#pages.push(page);
      this.#used = 0;
    }
    if (this.#count * 2 + 2 > this.#starts.length) {
      const wider = new Uint32Array(this.#starts.length * 2);
      wider.set(this.#starts);
      this.#starts = wider;
    }
    page.write(text, this.#used);
    // Two numbers a text: where it starts in its page; the page (high 12 bits) and its length (low 20).
    this.#starts[this.#count * 2] = this.#used;
    this.#starts[this.#count * 2 + 1] = ((this.#pages.length - 1) << 20) | size;
    this.#used += size;
    this.#bytes += size;
    this.#count++;
  }

  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined;
    const known = this.#recent.get(index);
    if (known !== undefined) return known;
    const packed = this.#starts[index * 2 + 1]!;
    const start = this.#starts[index * 2]!;
    const text = this.#pages[packed >>> 20]!.toString("utf8", start, start + (packed & 0xfffff));
    // A roster repeats a few texts (sex, nation, workplace) and has the rest once.
    if (this.#recent.size >= RECENT) this.#recent.clear();
    this.#recent.set(index, text);
    return text;
  }
}

const PAGE_BYTES = 1 << 20;
const RECENT = 5_000;
