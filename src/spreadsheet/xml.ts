/**
 * The little of XML that a worksheet needs. Texts are found by their tags in whole rows, which is several times
 * faster than a general parser; entities other than the five and numbers stay as they are written, so a
 * document type's own entities are never expanded.
 */

const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g;
const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Text between tags, as it was before it was written: entities and Excel's own `_x000D_` undone. */
export function plainText(raw: string): string {
  let text = raw;
  if (text.includes("<![CDATA["))
    text = text.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner) => escaped(inner));
  if (text.includes("&")) {
    text = text.replace(entity, (whole, decimal, hex, name) => {
      if (name !== undefined) return named[name]!;
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : whole;
    });
  }
  if (text.includes("_x")) {
    text = text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return text;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (one) => (one === "&" ? "&amp;" : one === "<" ? "&lt;" : "&gt;"));
}

/** The value of an attribute within a tag's text, undone as text is. */
export function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return found ? plainText(found[1] ?? found[2] ?? "") : undefined;
}

/** The prefix (`x:` or nothing) under which a part writes its elements, from its root element. */
export function prefixOf(head: string, root: string): string | undefined {
  return new RegExp(`<((?:[\\w.-]+:)?)${root}[\\s/>]`).exec(head)?.[1];
}

/** All text of a rich or plain string: its `<t>`s joined, without the phonetic guides. */
export function joinedTexts(xml: string, prefix: string): string {
  const guide = `<${prefix}rPh`;
  const body = xml.includes(guide)
    ? xml.replace(new RegExp(`<${prefix}rPh[\\s\\S]*?</${prefix}rPh>`, "g"), "")
    : xml;
  const open = `<${prefix}t`;
  const close = `</${prefix}t>`;
  let text = "";
  let at = 0;
  for (;;) {
    const start = body.indexOf(open, at);
    if (start < 0) return plainText(text);
    const after = body.charCodeAt(start + open.length);
    const end = body.indexOf(">", start);
    if (end < 0) return plainText(text);
    at = end + 1;
    if (after !== 62 && after !== 32 && after !== 9 && after !== 10 && after !== 13) continue; // another tag
    if (body.charCodeAt(end - 1) === 47) continue; // <t/>
    const stop = body.indexOf(close, at);
    if (stop < 0) return plainText(text);
    text += body.slice(at, stop);
    at = stop + close.length;
  }
}
