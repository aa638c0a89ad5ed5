import type { ReactNode } from "react";
import { shown } from "../../shared/fields/show.ts";
import { money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import type { Answers, Field } from "../../shared/types.ts";
import type { DeskCase } from "../types.ts";
import "./facts.css";

const w = words({
  changed: { zh: "有改动", en: "changed" },
  by: { zh: "{who}，{day}", en: "{who}, {day}" },
  sum: { zh: "合计", en: "Sum" },
});

/** Everything that was asked, page by page as the applicant saw it; what was changed since is marked. */
export function CaseFacts({ page }: { readonly page: DeskCase }): ReactNode {
  const { t } = useLang();
  const { answers, fields, pages } = page.case;
  const changes = changesOf(page);
  const listed = new Set(pages.flatMap((one) => one.fields));
  const rest = fields.filter((field) => !listed.has(field.key));
  const groups = [
    ...pages.map((one) => ({
      id: one.id,
      title: t(one.title),
      fields: one.fields.flatMap((key) => fields.find((field) => field.key === key) ?? []),
    })),
    ...(rest.length > 0 ? [{ id: "rest", title: "", fields: rest }] : []),
  ];
  return groups.map((group) => {
    const filled = group.fields.filter((field) => isFilled(answers[field.key]) && field.kind !== "papers");
    if (filled.length === 0) return null;
    return (
      <section key={group.id} className="answer-page">
        {group.title && <h3>{group.title}</h3>}
        <dl className="answers">
          {filled.map((field) => (
            <AnswerRow
              key={field.key}
              field={field}
              value={answers[field.key]}
              change={changes.get(field.key)}
            />
          ))}
        </dl>
      </section>
    );
  });
}

/** Answers of one action, in small. */
export function SmallAnswers(props: {
  readonly fields: readonly Field[];
  readonly answers: Answers;
}): ReactNode {
  const filled = props.fields.filter(
    (field) => isFilled(props.answers[field.key]) && field.kind !== "papers",
  );
  return (
    <dl className="answers small">
      {filled.map((field) => (
        <AnswerRow key={field.key} field={field} value={props.answers[field.key]} />
      ))}
    </dl>
  );
}

function AnswerRow(props: {
  readonly field: Field;
  readonly value: unknown;
  readonly change?: { readonly who: string; readonly on: string } | undefined;
}): ReactNode {
  const { t } = useLang();
  const { field, value, change } = props;
  return (
    <div>
      <dt>{t(field.label)}</dt>
      <dd>
        <Value field={field} value={value} />
        {change && (
          <span className="changed" title={t(w.by, { who: change.who, day: change.on })}>
            {t(w.changed)} {change.on}
          </span>
        )}
      </dd>
    </div>
  );
}

/** One answer: plain words, or a small table for a list. */
function Value({ field, value }: { readonly field: Field; readonly value: unknown }): ReactNode {
  const { lang, t } = useLang();
  if (field.kind !== "list" || !Array.isArray(value)) return shown(field, value, lang);
  const rows = value as readonly Answers[];
  const columns = (field.fields ?? []).filter(
    (column) => column.kind !== "papers" && rows.some((row) => isFilled(row[column.key])),
  );
  const sums = columns.map((column) =>
    column.kind === "money" && rows.length > 1
      ? rows.reduce(
          (sum, row) => sum + (typeof row[column.key] === "number" ? (row[column.key] as number) : 0),
          0,
        )
      : undefined,
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard.
    <section className="inner-scroll" aria-label={t(field.label)} tabIndex={0}>
      <table className="inner">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={column.kind === "money" ? "end" : undefined}>
                {t(column.label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of an answer have no id and never move.
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.key} className={column.kind === "money" ? "end" : undefined}>
                  {isFilled(row[column.key]) ? shown(column, row[column.key], lang) : ""}
                </td>
              ))}
            </tr>
          ))}
          {sums.some((sum) => sum !== undefined) && (
            <tr>
              {columns.map((column, index) => (
                <td key={column.key} className="end">
                  {sums[index] !== undefined ? <b>{money(sums[index])}</b> : index === 0 ? t(w.sum) : ""}
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

function isFilled(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)
  );
}

/** Which answers were given anew after the case was opened: by whom, on which day. */
function changesOf(page: DeskCase): ReadonlyMap<string, { readonly who: string; readonly on: string }> {
  const changes = new Map<string, { readonly who: string; readonly on: string }>();
  for (const entry of page.timeline) {
    for (const key of entry.amended ?? []) changes.set(key, { who: entry.byName ?? "", on: entry.onDay });
  }
  return changes;
}
