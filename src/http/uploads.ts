import type { FastifyRequest } from "fastify";
import { type Or, refuse } from "../kernel/refusal.ts";
import type { Upload } from "../kernel/route.ts";

/** What a multipart request brought: its plain fields, and its files in the order they came. */
export interface Parts {
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  readonly uploads: readonly Upload[];
}

/** Files and fields one request may bring. */
const filesMax = 5;
const fieldsMax = 50;
const fieldBytesMax = 64 * 1024;

/** Bytes of uploads held at once by this process before new ones are asked to come back. */
const heldMax = 256 * 1024 * 1024;
/** Bytes beyond which those already coming in are sent away as well: all of them at once must not fill the memory. */
const heldMost = 2 * heldMax;
let held = 0;

/**
 * Read a multipart body whole, so that fields may stand before or after the files. Refuses `too-large`,
 * `wrong-media-type` and `unavailable` (too many uploads at once). `release` must be called when the
 * answer is out.
 */
export async function readParts(
  request: FastifyRequest,
  bytesMax: number,
): Promise<{ readonly parts: Or<Parts>; readonly release: () => void }> {
  let mine = 0;
  const release = () => {
    held -= mine;
    mine = 0;
  };
  if (!request.isMultipart()) {
    return {
      parts: refuse("wrong-media-type", { type: request.headers["content-type"]?.split(";")[0] ?? "–" }),
      release,
    };
  }
  if (held > heldMax) return { parts: refuse("unavailable"), release };
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  const uploads: Upload[] = [];
  const limits = {
    fileSize: bytesMax,
    files: filesMax,
    fields: fieldsMax,
    fieldSize: fieldBytesMax,
    parts: filesMax + fieldsMax,
  };
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === "field") {
        const value = String(part.value ?? "");
        const before = fields[part.fieldname];
        if (before === undefined) fields[part.fieldname] = value;
        else if (Array.isArray(before)) before.push(value);
        else fields[part.fieldname] = [before, value];
        continue;
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of part.file as AsyncIterable<Uint8Array>) {
        chunks.push(chunk);
        mine += chunk.length;
        held += chunk.length;
        if (held > heldMost) break;
      }
      if (held > heldMost) {
        release();
        return { parts: refuse("unavailable"), release };
      }
      if (part.file.truncated) return { parts: tooLarge(bytesMax), release };
      uploads.push({
        field: part.fieldname,
        fileName: part.filename ?? "",
        mediaType: part.mimetype,
        content: inTurn(chunks),
      });
    }
  } catch (error) {
    // What was held of a torn body is let go, or enough of them would fill the house.
    release();
    const code = String((error as { readonly code?: unknown }).code ?? "");
    if (code.endsWith("_LIMIT")) return { parts: tooLarge(filesMax * bytesMax), release };
    if (code.startsWith("FST_")) throw error;
    return { parts: refuse("malformed", { why: { zh: "表单不完整", en: "the form is torn" } }), release };
  }
  return { parts: { fields, uploads }, release };
}

/** The refusal of a body beyond its limit. */
export function tooLarge(bytesMax: number) {
  return refuse("too-large", {
    max: bytesMax >= 1048576 ? `${Math.floor(bytesMax / 1048576)} MB` : `${bytesMax} B`,
  });
}

/** Things at hand, given as they would be if they were still coming in. */
export async function* inTurn<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
