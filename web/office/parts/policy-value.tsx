import type { ReactNode } from "react";
import type { Lang, Text } from "../../../src/kernel/words.ts";
import { type ClockRule, clockText } from "../../../src/kernel/working-days.ts";
import { money } from "../../shared/format.ts";
import { spoken, useLang, words } from "../../shared/lang.tsx";

const w = words({
  yes: { zh: "是", en: "Yes" },
  no: { zh: "否", en: "No" },
  none: { zh: "未设", en: "Not set" },
  row: { zh: "1 项", en: "1 entry" },
  rows: { zh: "{n} 项", en: "{n} entries" },
});

interface Typed {
  readonly options?: readonly { readonly value: string; readonly title: Text }[] | undefined;
  readonly unit?: Text | undefined;
}

/** A policy's value in words, by its type. Tables are shown as they are, small. */
export function PolicyValue(props: {
  readonly kind: string;
  readonly value: unknown;
  readonly type?: Typed;
}): ReactNode {
  const { lang, t } = useLang();
  const { kind, value } = props;
  if (value === null || value === undefined) return <span className="muted">{t(w.none)}</span>;
  const text = valueWords(kind, value, lang, props.type);
  if (text !== undefined) return <span className="number">{text}</span>;
  const entries = Object.keys(value as object).length;
  return (
    <details className="small">
      <summary>{entries === 1 ? t(w.row) : t(w.rows, { n: entries })}</summary>
      <JsonTable value={value} />
    </details>
  );
}

/** Choices a case pinned come without their titles. */
const oneOfWords: Readonly<Record<string, Text>> = {
  lt: { zh: "低于（<）", en: "below (<)" },
  le: { zh: "不高于（≤）", en: "at most (≤)" },
  unit: { zh: "单位内", en: "within the union" },
  public: { zh: "公开网页", en: "public page" },
  national: { zh: "全国级", en: "national" },
  province: { zh: "省级", en: "provincial" },
  city: { zh: "市级", en: "city" },
};

/** A value as one line, where it is one. */
export function valueWords(kind: string, value: unknown, lang: Lang, type?: Typed): string | undefined {
  switch (kind) {
    case "money":
      return typeof value === "number" ? money(value) : undefined;
    case "percent":
      return typeof value === "number" ? `${value / 100} %` : undefined;
    case "yesNo":
      return value === true ? w.yes[lang] : w.no[lang];
    case "days":
      return typeof value === "object" ? clockText(value as ClockRule)[lang] : undefined;
    case "oneOf":
      return (
        (type?.options?.find((one) => one.value === value)?.title ?? oneOfWords[String(value)])?.[lang] ??
        String(value)
      );
    case "json":
      return typeof value === "object" ? undefined : String(value);
    default:
      return typeof value === "object"
        ? undefined
        : `${String(value)}${type?.unit ? ` ${type.unit[lang]}` : ""}`;
  }
}

/** Any plain data as rows of name and value. */
function JsonTable({ value }: { readonly value: unknown }): ReactNode {
  const { lang } = useLang();
  if (value === null || typeof value !== "object") return String(value ?? "—");
  if (Array.isArray(value) && value.every((one) => typeof one !== "object"))
    return value.join(lang === "zh" ? "、" : ", ");
  return (
    <table className="inner">
      <tbody>
        {Object.entries(value).map(([key, inner]) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td>
              <JsonTable value={inner} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SourceLike {
  readonly document?: Text | string;
  readonly article?: string;
  readonly page?: string;
  readonly tag?: string;
  readonly text?: string;
}

/** A source in words, however it came. */
export function sourceWords(source: unknown, lang: Lang): string {
  if (typeof source === "string") return source;
  if (typeof source !== "object" || source === null) return "";
  const { document, article, page, text } = source as SourceLike;
  return text ?? [spoken(document, lang), article, page].filter(Boolean).join(" ");
}
