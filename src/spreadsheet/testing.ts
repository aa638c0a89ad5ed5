import { crc32, deflateRawSync } from "node:zlib";

/** A part of a workbook made for a test; `declared` lies about its unpacked size. */
export interface MadePart {
  readonly name: string;
  readonly content: string | Buffer;
  readonly declared?: number;
  readonly flags?: number;
}

/** A zip archive from its parts, by hand, so that a test can make one no honest writer would. */
export function zipOf(parts: readonly MadePart[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, declared, flags = 0x800 } of parts) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(declared ?? plain.length, 18);
    common.writeUInt16LE(title.length, 22);
    files.push(Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, title, packed]));
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([20, 0]), common, tail, title]),
    );
    offset += 30 + title.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listing, end]);
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packageOf = "http://schemas.openxmlformats.org/package/2006";

/** A workbook whose sheets are given as the XML of their rows, laid out as Excel does: shared texts last. */
export function workbookOf(
  sheets: readonly { readonly name: string; readonly rows: string; readonly after?: string }[],
  options: {
    readonly texts?: readonly string[];
    readonly dates1904?: boolean;
    readonly more?: readonly MadePart[];
  } = {},
): Buffer {
  const { texts = [], more = [] } = options;
  const list = sheets.map(
    (sheet, i) => `<sheet name="${sheet.name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const links = sheets.map(
    (_, i) =>
      `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  );
  return zipOf([
    { name: "[Content_Types].xml", content: `${head}<Types xmlns="${packageOf}/content-types"/>` },
    {
      name: "_rels/.rels",
      content: `${head}<Relationships xmlns="${packageOf}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content: `${head}<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr${options.dates1904 ? ' date1904="1"' : ""}/><sheets>${list.join("")}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `${head}<Relationships xmlns="${packageOf}/relationships">${links.join("")}<Relationship Id="rIdS" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    },
    ...sheets.map((sheet, i) => ({
      name: `xl/worksheets/sheet${i + 1}.xml`,
      content: `${head}<worksheet xmlns="${main}"><sheetData>${sheet.rows}</sheetData>${sheet.after ?? ""}</worksheet>`,
    })),
    ...more,
    {
      name: "xl/sharedStrings.xml",
      content: `${head}<sst xmlns="${main}">${texts.map((text) => `<si>${text}</si>`).join("")}</sst>`,
    },
  ]);
}

/** The XML of a row of cells: texts inline, numbers as they are, null left out. */
export function rowXml(number: number, cells: readonly (string | number | null)[]): string {
  const made = cells.map((cell, i) => {
    if (cell === null) return "";
    const place = `${String.fromCharCode(65 + i)}${number}`;
    if (typeof cell === "number") return `<c r="${place}"><v>${cell}</v></c>`;
    const text = cell.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);
    return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
  });
  return `<row r="${number}">${made.join("")}</row>`;
}
