import { type ReactNode, useState } from "react";
import { Icon } from "../icons.tsx";
import { useLang, words } from "../lang.tsx";
import type { Answers, Field } from "../types.ts";
import { Button, Sheet } from "../ui.tsx";
import { stillNamed } from "./among.ts";
import { askedAmong, faultsOf } from "./check.ts";
import { type Control, FieldInput, useForm } from "./field.tsx";
import { rowShown } from "./show.ts";

const w = words({
  add: { zh: "添加一项", en: "Add one" },
  more: { zh: "再添加一项", en: "Add another" },
  change: { zh: "修改", en: "Change" },
  remove: { zh: "删除", en: "Remove" },
  keep: { zh: "好了", en: "Done" },
  item: { zh: "第 {n} 项", en: "Item {n}" },
  lacking: { zh: "还要补：{list}", en: "Still to fill in: {list}" },
  none: { zh: "还没有添加", en: "None added yet" },
});

/** Rows of the same questions: each a card, filled in on a sheet of its own. */
export function ListInput({ field, value, onChange, answers }: Control): ReactNode {
  const { lang, t } = useLang();
  const rows = Array.isArray(value) ? (value as readonly Answers[]) : [];
  const [open, setOpen] = useState<number | undefined>(undefined);
  const set = (next: readonly Answers[]): void => onChange(next.length > 0 ? next : undefined);
  return (
    <div className="stack" style={{ marginTop: 16 }}>
      {rows.length === 0 && <p className="soft">{t(w.none)}</p>}
      {rows.map((row, index) => {
        const { title, rest } = rowShown(field, row, lang);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no id of their own.
          <div className="card" key={index}>
            <p className="strong">{title}</p>
            <p className="soft">{rest}</p>
            <RowFaults field={field} row={stillNamed(field.fields ?? [], row, answers ?? {})} />
            <div style={{ display: "flex", flexWrap: "wrap", gap: 8, marginTop: 4, marginLeft: -8 }}>
              <Button kind="quiet" label={`${t(w.change)} ${title}`} onClick={() => setOpen(index)}>
                <Icon name="edit" />
                {t(w.change)}
              </Button>
              <Button
                kind="quiet"
                label={`${t(w.remove)} ${title}`}
                onClick={() => set(rows.filter((_, other) => other !== index))}
              >
                <Icon name="trash" />
                {t(w.remove)}
              </Button>
            </div>
          </div>
        );
      })}
      {rows.length < (field.max ?? 50) && (
        <Button wide onClick={() => setOpen(rows.length)}>
          <Icon name="plus" />
          {t(rows.length === 0 ? w.add : w.more)}
        </Button>
      )}
      {open !== undefined && (
        <RowSheet
          field={field}
          title={t(w.item, { n: open + 1 })}
          row={rows[open] ?? {}}
          answers={answers ?? {}}
          onClose={() => setOpen(undefined)}
          onKeep={(row) => {
            set(open < rows.length ? rows.map((old, index) => (index === open ? row : old)) : [...rows, row]);
            setOpen(undefined);
          }}
        />
      )}
    </div>
  );
}

/** What a row that was filled in for the person still lacks, by the names of its questions. */
function RowFaults({ field, row }: { readonly field: Field; readonly row: Answers }): ReactNode {
  const { lang, t } = useLang();
  const form = useForm();
  const columns = field.fields ?? [];
  const faults = faultsOf(columns, row, form, lang);
  const wrong = columns.filter(({ key }) => faults[key] !== undefined).map(({ label }) => label[lang]);
  if (wrong.length === 0) return null;
  return (
    <p className="tag warn" style={{ whiteSpace: "normal", display: "flex", marginTop: 4 }}>
      <Icon name="warning" />
      {t(w.lacking, { list: wrong.join(lang === "zh" ? "、" : ", ") })}
    </p>
  );
}

function RowSheet(props: {
  readonly field: Field;
  readonly title: string;
  readonly row: Answers;
  readonly answers: Answers;
  readonly onClose: () => void;
  readonly onKeep: (row: Answers) => void;
}): ReactNode {
  const { lang, t } = useLang();
  const form = useForm();
  const columns = props.field.fields ?? [];
  const [row, setRow] = useState<Answers>(() => stillNamed(columns, props.row, props.answers));
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const keep = (): void => {
    const found = faultsOf(columns, row, form, lang);
    setFaults(found);
    const [first] = Object.keys(found);
    if (first === undefined) props.onKeep(row);
    else document.querySelector<HTMLElement>(`dialog [data-key="${first}"] :is(input,textarea)`)?.focus();
  };
  return (
    <Sheet title={props.title} onClose={props.onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          keep();
        }}
      >
        {askedAmong(columns, row).map((column) => (
          <FieldInput
            key={column.key}
            field={column}
            value={row[column.key]}
            answers={props.answers}
            fault={faults[column.key]}
            onChange={(value) => setRow((old) => ({ ...old, [column.key]: value }))}
          />
        ))}
        <Button kind="primary" wide type="submit">
          {t(w.keep)}
        </Button>
      </form>
    </Sheet>
  );
}
