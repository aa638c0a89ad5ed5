import type { Template } from "./template.ts";

/** A template whose fixed parts stand in UTF-8 already. */
export interface ReadyTemplate {
  readonly parts: readonly Uint8Array[];
  readonly slots: readonly number[];
}

const utf8 = new TextEncoder();

/** Encodes the fixed parts once, so that filling a template copies bytes alone. */
export const readyOf = ({ parts, slots }: Template): ReadyTemplate => ({
  parts: parts.map((part) => utf8.encode(part)),
  slots,
});

/** What stands in a case's slots, each value encoded once however often it is used. One for a thread, used again. */
export class SlotValues {
  bytes = Buffer.allocUnsafeSlow(1 << 16);
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  #length = 0;

  /** Begins another case. */
  clear(): void {
    this.#length = 0;
  }

  set(slot: number, value: string): void {
    const most = this.#length + value.length * 3;
    if (most > this.bytes.length) this.bytes = grown(this.bytes, most);
    this.starts[slot] = this.#length;
    this.#length += this.bytes.write(value, this.#length, "utf8");
    this.ends[slot] = this.#length;
  }
}

/** Bytes that grow: templates filled in, one after another, in a buffer that is used again. */
export class Lines {
  bytes = Buffer.allocUnsafeSlow(1 << 16);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Text of ASCII alone. */
  ascii(text: string): void {
    this.#room(text.length);
    this.length += this.bytes.write(text, this.length, "latin1");
  }

  fill({ parts, slots }: ReadyTemplate, values: SlotValues): void {
    this.#add(parts[0]!, 0, parts[0]!.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      this.#add(values.bytes, values.starts[slot]!, values.ends[slot]!);
      const part = parts[i + 1]!;
      this.#add(part, 0, part.length);
    }
  }

  /** What was written, as a view that holds until the next is written. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** What was written, as bytes of its own. */
  taken(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes.buffer.slice(0, this.length));
  }

  #add(from: Uint8Array, start: number, end: number): void {
    this.#room(end - start);
    let at = this.length;
    const into = this.bytes;
    if (end - start > short) into.set(from.subarray(start, end), at);
    else for (let i = start; i < end; i++) into[at++] = from[i] as number;
    this.length += end - start;
  }

  #room(more: number): void {
    if (this.length + more > this.bytes.length) this.bytes = grown(this.bytes, this.length + more);
  }
}

/** Bytes sooner copied one by one than by a call. */
const short = 64;

function grown(bytes: Buffer<ArrayBuffer>, least: number): Buffer<ArrayBuffer> {
  const more = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, least));
  bytes.copy(more);
  return more;
}
