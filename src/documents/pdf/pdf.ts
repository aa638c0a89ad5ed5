import { Worker } from "node:worker_threads";
import QRCode from "qrcode";
import type { Lang } from "../../kernel/words.ts";

/** A code by which a stranger checks the document: printed with its QR and the page that checks it. */
export interface PrintedCode {
  readonly code: string;
  readonly url: string;
}

/** A table inside a document. `width` are shares of the line; without one a column takes what it needs. */
export interface PrintedTable {
  readonly columns: readonly {
    readonly head: string;
    readonly width?: number;
    readonly align?: "left" | "center" | "right";
  }[];
  readonly rows: readonly (readonly string[])[];
}

interface Document {
  readonly lang: Lang;
  readonly title: string;
  readonly code?: PrintedCode | undefined;
}

/** A letter: acceptance note, decision, notice sheet. `redHead` (the issuing union) only where the standard asks. */
export interface Letter extends Document {
  readonly redHead?: string | undefined;
  /** The document's number: 云工帮〔2026〕12号. */
  readonly number?: string | undefined;
  readonly to?: string | undefined;
  readonly paragraphs: readonly string[];
  readonly facts?: readonly (readonly [label: string, value: string])[] | undefined;
  readonly table?: PrintedTable | undefined;
  readonly signer?: string | undefined;
  /** In words, as it is printed. */
  readonly day?: string | undefined;
}

/** A list or statement over as many pages as it takes; its head is repeated on each. */
export interface List extends Document, PrintedTable {
  readonly subtitle?: string | undefined;
  readonly foot?: string | undefined;
  readonly landscape?: boolean | undefined;
}

/** A form filled in: sections of labels and values, and places to sign. */
export interface Form extends Document {
  readonly redHead?: string | undefined;
  readonly number?: string | undefined;
  readonly subtitle?: string | undefined;
  readonly sections: readonly {
    readonly title: string;
    readonly rows: readonly (readonly [label: string, value: string])[];
  }[];
  readonly signatures?: readonly string[] | undefined;
}

/** A letter as PDF/A. */
export function renderLetter(letter: Letter): Promise<Uint8Array> {
  return render("letter", letter);
}

/** A list as PDF/A. */
export function renderTable(list: List): Promise<Uint8Array> {
  return render("table", list);
}

/** A form as PDF/A. */
export function renderForm(form: Form): Promise<Uint8Array> {
  return render("form", form);
}

const note = {
  zh: "扫码或在网页输入验证码，可核对本文件真伪。",
  en: "Scan, or enter the code on the page below, to check that this document is genuine.",
} as const;

async function render(kind: "letter" | "table" | "form", document: Document): Promise<Uint8Array> {
  const { code } = document;
  const printed = code && {
    ...code,
    note: note[document.lang],
    qr: await QRCode.toString(code.url, { type: "svg", margin: 0, errorCorrectionLevel: "M" }),
  };
  const { code: _, ...words } = document;
  const write =
    document.lang === "zh"
      ? (_key: string, part: unknown) => (typeof part === "string" ? chineseStops(part) : part)
      : undefined;
  const data = JSON.stringify({ ...words, kind }, write);
  return typeset(printed ? `${data.slice(0, -1)},"code":${JSON.stringify(printed)}}` : data);
}

/** Chinese as it is printed: stops and brackets beside Chinese characters are full width. */
export function chineseStops(text: string): string {
  const beside =
    /(?<=[\p{Script=Han}\u3001-\u301b\uff01-\uff1f])[,:;?!()]|[,:;?!()](?=[\p{Script=Han}\u3008-\u3011])/gu;
  return (
    text
      .replace(beside, fullWidth)
      // A bracket whose partner was widened is widened too: (12个月).
      .replace(/\(([^()\uff08\uff09]*)\uff09/g, "\uff08$1\uff09")
      .replace(/\uff08([^()\uff08\uff09]*)\)/g, "\uff08$1\uff09")
  );
}

/** The full-width form of an ASCII sign. */
function fullWidth(sign: string): string {
  return String.fromCharCode(sign.charCodeAt(0) + 0xfee0);
}

/** Milliseconds of rest after which the typesetter gives its memory back. */
const restMs = 60_000;
/** Milliseconds one document may take. */
const patienceMs = 60_000;

interface Typesetter {
  readonly worker: Worker;
  readonly waiting: Map<number, { done: (pdf: Uint8Array) => void; failed: (error: Error) => void }>;
  rest: NodeJS.Timeout | null;
}

let typesetter: Typesetter | null = null;
let count = 0;

function typeset(data: string): Promise<Uint8Array> {
  typesetter ??= start();
  const at = typesetter;
  if (at.rest) clearTimeout(at.rest);
  const id = ++count;
  return new Promise<Uint8Array>((done, failed) => {
    const patience = setTimeout(() => {
      end(at, new Error("a document took too long to typeset"));
    }, patienceMs);
    const settle = () => {
      clearTimeout(patience);
      at.waiting.delete(id);
      if (at.waiting.size > 0) return;
      at.worker.unref();
      at.rest = setTimeout(() => end(at, new Error("resting")), restMs).unref();
    };
    at.waiting.set(id, {
      done: (pdf) => {
        settle();
        done(pdf);
      },
      failed: (error) => {
        settle();
        failed(error);
      },
    });
    at.worker.ref();
    at.worker.postMessage({ id, data });
  });
}

function start(): Typesetter {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  const made: Typesetter = { worker, waiting: new Map(), rest: null };
  worker.on("message", (answer: { id: number; pdf?: Uint8Array; error?: string }) => {
    const waiting = made.waiting.get(answer.id);
    if (answer.pdf) waiting?.done(answer.pdf);
    else waiting?.failed(new Error(answer.error ?? "a document does not typeset"));
  });
  worker.on("error", (error) => end(made, error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => end(made, new Error("the typesetter ended")));
  return made;
}

function end(made: Typesetter, why: Error): void {
  if (typesetter === made) typesetter = null;
  if (made.rest) clearTimeout(made.rest);
  for (const { failed } of [...made.waiting.values()]) failed(why);
  if (made.rest) clearTimeout(made.rest);
  void made.worker.terminate();
}
