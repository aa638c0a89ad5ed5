import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { Note } from "../../shared/ui.tsx";
import type { ImportAnswer, MappedColumn } from "./import-types.ts";

const w = words({
  title: { zh: "每一列是什么", en: "What each column holds" },
  help: {
    zh: "系统已按列名和内容认过一遍。认错的改过来，不要的选「不导入」。",
    en: "Columns were recognised by their names and contents. Correct what is wrong; leave out what you do not want.",
  },
  column: { zh: "列", en: "Column" },
  header: { zh: "表里的列名", en: "Heading in the sheet" },
  samples: { zh: "前几行", en: "First rows" },
  field: { zh: "当作", en: "Taken as" },
  sureness: { zh: "把握", en: "How sure" },
  skip: { zh: "不导入", en: "Leave out" },
  sure: { zh: "有把握", en: "sure" },
  unsure: { zh: "请核对", en: "please check" },
  takenAs: { zh: "{header}列当作", en: "Column {header} taken as" },
  missing: {
    zh: "没有一列当作「{field}」。请指定。",
    en: "No column is taken as “{field}”. Please choose one.",
  },
  twice: { zh: "「{field}」选了两次。", en: "“{field}” is chosen twice." },
});

/** The columns of the sheet, each with what it was taken for, to be corrected. */
export function Mapping(props: {
  readonly of: ImportAnswer;
  readonly mapping: readonly MappedColumn[];
  readonly onChange: (mapping: readonly MappedColumn[]) => void;
}): ReactNode {
  const { t } = useLang();
  const { mapping } = props;
  const fields = props.of.fields.map(({ field, title }) => [field, title] as const);
  const titleOf = (field: string): string => {
    const found = fields.find(([key]) => key === field);
    return found ? t(found[1]) : field;
  };
  const chosen = mapping.flatMap(({ field, sheet }) => (field ? [`${sheet ?? ""}|${field}`] : []));
  const twice = chosen.find((one, index) => chosen.indexOf(one) !== index)?.split("|")[1];
  const missing = props.of.fields.filter(
    ({ field, required }) => required && !mapping.some((one) => one.field === field),
  );
  return (
    <section className="panel" aria-label={t(w.title)}>
      <h2>{t(w.title)}</h2>
      <p className="muted" style={{ marginBottom: 10 }}>
        {t(w.help)}
      </p>
      {missing.map(({ field, title }) => (
        <Note key={field} kind="warn">
          {t(w.missing, { field: t(title) })}
        </Note>
      ))}
      {twice && <Note kind="warn">{t(w.twice, { field: titleOf(twice) })}</Note>}
      <table className="inner cards">
        <thead>
          <tr>
            <th scope="col">{t(w.column)}</th>
            <th scope="col">{t(w.header)}</th>
            <th scope="col">{t(w.samples)}</th>
            <th scope="col" style={{ width: 230 }}>
              {t(w.field)}
            </th>
            <th scope="col">{t(w.sureness)}</th>
          </tr>
        </thead>
        <tbody>
          {mapping.map((one, index) => (
            <tr key={`${one.sheet}${one.column}`} className="map-row">
              <td className="number">
                {one.sheet && mapping.some(({ sheet }) => sheet !== one.sheet) ? `${one.sheet} ` : ""}
                {one.column}
              </td>
              <td>{one.header}</td>
              <td className="muted whole">
                {one.samples
                  .filter((sample) => sample !== "")
                  .slice(0, 3)
                  .join(" · ")}
              </td>
              <td className="whole">
                <select
                  className={one.field ? "select set" : "select"}
                  aria-label={t(w.takenAs, { header: one.header || one.column })}
                  value={one.field ?? ""}
                  onChange={(event) =>
                    props.onChange(
                      mapping.map((old, at) =>
                        at === index ? { ...old, field: event.target.value || null } : old,
                      ),
                    )
                  }
                >
                  <option value="">{t(w.skip)}</option>
                  {fields.map(([field, title]) => (
                    <option key={field} value={field}>
                      {t(title)}
                    </option>
                  ))}
                </select>
              </td>
              <td className="small">{one.field ? <Sureness of={one.confidence} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Sureness({ of }: { readonly of: MappedColumn["confidence"] }): ReactNode {
  const { t } = useLang();
  const sure = of >= 0.8;
  return <span className={sure ? "state good" : "state warn"}>{t(sure ? w.sure : w.unsure)}</span>;
}
