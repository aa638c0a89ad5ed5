import type { PaperType } from "./sniff.ts";

/**
 * A picture without what its camera wrote about the place, the time and the person: only what is needed
 * to show it stays (colour profile, and which way is up). Null when the picture is damaged. Other types
 * pass as they are.
 */
export function stripped(content: Buffer, type: PaperType): Buffer | null {
  try {
    if (type === "jpeg") return jpeg(content);
    if (type === "png") return png(content);
    if (type === "webp") return webp(content);
    return content;
  } catch (error) {
    if (error instanceof RangeError) return null; // read past the end: cut off or made up
    throw error;
  }
}

const marker = {
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
  app15: 0xef,
  com: 0xfe,
} as const;

/** JPEG: segments up to the first scan; what follows is the picture, up to its end mark. */
function jpeg(content: Buffer): Buffer | null {
  const kept: Buffer[] = [content.subarray(0, 2)];
  let orientation = 1;
  let at = 2;
  while (at < content.length) {
    while (content[at] === 0xff && content[at + 1] === 0xff) at++;
    if (content.readUInt8(at) !== 0xff) return null;
    const kind = content.readUInt8(at + 1);
    if (kind === marker.sos) break;
    const length = content.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > content.length) return null;
    const segment = content.subarray(at, end);
    const isApp = kind >= marker.app0 && kind <= marker.app15;
    const isProfile = kind === marker.app2 && segment.subarray(4, 15).toString("latin1") === "ICC_PROFILE";
    if (kind === marker.app1) orientation = orientationOf(segment) ?? orientation;
    if ((!isApp && kind !== marker.com) || kind === marker.app0 || kind === marker.app14 || isProfile)
      kept.push(segment);
    at = end;
  }
  if (at >= content.length) return null;
  // Behind the last end mark phones append whole second pictures and films.
  const last = content.lastIndexOf(Buffer.from([0xff, marker.eoi]));
  const scan = content.subarray(at, last > at ? endOfPicture(content, at) : content.length);
  if (orientation !== 1) kept.splice(1, 0, orientationSegment(orientation));
  return Buffer.concat([...kept, scan]);
}

/** Where the picture that is being read ends: at the first end mark outside a segment. */
function endOfPicture(content: Buffer, from: number): number {
  let at = from;
  while (at + 1 < content.length) {
    const next = content.indexOf(0xff, at);
    if (next < 0 || next + 1 >= content.length) break;
    const kind = content[next + 1] as number;
    if (kind === marker.eoi) return next + 2;
    const standsAlone = kind === 0 || kind === 0xff || (kind >= 0xd0 && kind <= 0xd7);
    at = standsAlone ? next + (kind === 0xff ? 1 : 2) : next + 2 + content.readUInt16BE(next + 2);
  }
  return content.length;
}

/** Which way is up (EXIF tag 0x0112, 1–8), if the segment says. */
function orientationOf(segment: Buffer): number | null {
  if (segment.subarray(4, 10).toString("latin1") !== "Exif\0\0") return null;
  const tiff = segment.subarray(10);
  const little = tiff.subarray(0, 2).toString("latin1") === "II";
  const read16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const read32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const directory = read32(4);
    const count = Math.min(read16(directory), 200);
    for (let entry = 0; entry < count; entry++) {
      const at = directory + 2 + entry * 12;
      if (read16(at) === 0x0112) {
        const value = read16(at + 8);
        return value >= 1 && value <= 8 ? value : null;
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a directory that leads outside says nothing
  }
  return null;
}

/** An EXIF segment that says which way is up, and nothing else. */
function orientationSegment(orientation: number): Buffer {
  const tiff = Buffer.from("4d4d002a00000008000101120003000000010000000000000000", "hex");
  tiff.writeUInt16BE(orientation, 18);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, marker.app1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Chunks without which a PNG does not look right. */
const pngKept = new Set([
  "IHDR",
  "PLTE",
  "IDAT",
  "IEND",
  "tRNS",
  "gAMA",
  "cHRM",
  "sRGB",
  "iCCP",
  "sBIT",
  "pHYs",
  "bKGD",
]);

function png(content: Buffer): Buffer | null {
  const kept: Buffer[] = [content.subarray(0, 8)];
  let at = 8;
  while (at < content.length) {
    const length = content.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > content.length) return null;
    const type = content.subarray(at + 4, at + 8).toString("latin1");
    if (at === 8 && type !== "IHDR") return null;
    if (pngKept.has(type)) kept.push(content.subarray(at, end));
    if (type === "IEND") return Buffer.concat(kept);
    at = end;
  }
  return null;
}

/** RIFF chunks: `EXIF` and `XMP ` go, and the head's flags for them. */
function webp(content: Buffer): Buffer | null {
  const size = content.readUInt32LE(4);
  if (size + 8 > content.length) return null;
  const kept: Buffer[] = [];
  let at = 12;
  while (at + 8 <= size + 8) {
    const type = content.subarray(at, at + 4).toString("latin1");
    const length = content.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (at + 8 + length > content.length) return null;
    const chunk = Buffer.from(content.subarray(at, Math.min(end, content.length)));
    if (type === "VP8X") chunk[8] = (chunk[8] as number) & ~0b1100;
    if (["VP8X", "VP8 ", "VP8L", "ALPH", "ICCP", "ANIM", "ANMF"].includes(type)) kept.push(chunk);
    at = end;
  }
  if (kept.length === 0) return null;
  const body = Buffer.concat([Buffer.from("WEBP", "latin1"), ...kept]);
  const head = Buffer.from("RIFF\0\0\0\0", "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}
