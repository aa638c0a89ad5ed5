import { type Or, type Refusal, refuse } from "../../kernel/refusal.ts";

/** What papers may be, by what their bytes say. */
export type PaperType = "pdf" | "jpeg" | "png" | "webp" | "xlsx" | "docx";

/** Their media types and how their names end. */
export const paperTypes: Readonly<
  Record<PaperType, { readonly mediaType: string; readonly extension: string }>
> = {
  pdf: { mediaType: "application/pdf", extension: "pdf" },
  jpeg: { mediaType: "image/jpeg", extension: "jpg" },
  png: { mediaType: "image/png", extension: "png" },
  webp: { mediaType: "image/webp", extension: "webp" },
  xlsx: { mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", extension: "xlsx" },
  docx: {
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    extension: "docx",
  },
};

/**
 * What a file is, told by its bytes; its name and claimed type are not asked. Refuses `paper-empty`,
 * `paper-heic`, `paper-legacy`, `paper-macro`, `paper-damaged` and `paper-type`.
 */
export function sniff(content: Buffer, at?: string): Or<PaperType> {
  const no = (code: Refusal["code"]) => refuse(code, {}, { at });
  if (content.length === 0) return no("paper-empty");
  // Readers find a PDF's head anywhere in its first kilobyte; we want it at the start, or it is also something else.
  if (starts(content, "%PDF-"))
    return content.subarray(-2048).includes("%%EOF") ? "pdf" : no("paper-damaged");
  if (content[0] === 0xff && content[1] === 0xd8 && content[2] === 0xff) return "jpeg";
  if (starts(content, "\x89PNG\r\n\x1a\n")) return "png";
  if (starts(content, "RIFF") && content.subarray(8, 12).toString("latin1") === "WEBP") return "webp";
  if (content.subarray(4, 8).toString("latin1") === "ftyp") {
    return no(
      /^(heic|heix|heim|heis|hevc|mif1|msf1|avif)$/.test(content.subarray(8, 12).toString("latin1"))
        ? "paper-heic"
        : "paper-type",
    );
  }
  if (starts(content, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return no("paper-legacy");
  if (starts(content, "PK\x03\x04")) return office(content, no);
  return no("paper-type");
}

/** Which office document a zip is, by the names in its directory. */
function office(content: Buffer, no: (code: Refusal["code"]) => Refusal): Or<PaperType> {
  const names = namesInZip(content);
  if (names === null) return no("paper-damaged");
  if (names.some((name) => /vbaProject\.bin$|\/activeX\//i.test(name))) return no("paper-macro");
  if (!names.includes("[Content_Types].xml")) return no("paper-type");
  if (names.some((name) => name.startsWith("xl/"))) return "xlsx";
  return names.some((name) => name.startsWith("word/")) ? "docx" : no("paper-type");
}

/** The names in a zip's central directory, at most some thousands; null when there is no sound directory. */
function namesInZip(content: Buffer): string[] | null {
  const tail = content.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (tail < 0 || tail + 22 > content.length) return null;
  const count = content.readUInt16LE(tail + 10);
  let at = content.readUInt32LE(tail + 16);
  const names: string[] = [];
  for (let entry = 0; entry < count && names.length < 5000; entry++) {
    if (at + 46 > content.length || content.readUInt32LE(at) !== 0x02014b50) return null;
    const [name, extra, comment] = [
      content.readUInt16LE(at + 28),
      content.readUInt16LE(at + 30),
      content.readUInt16LE(at + 32),
    ];
    names.push(content.subarray(at + 46, at + 46 + name).toString("utf8"));
    at += 46 + name + extra + comment;
  }
  return names;
}

function starts(content: Buffer, magic: string): boolean {
  return content.subarray(0, magic.length).equals(Buffer.from(magic, "latin1"));
}
