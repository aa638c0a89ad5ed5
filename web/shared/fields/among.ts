import type { Option } from "../../../src/procedures/fields.ts";
import type { Answers, Field } from "../types.ts";

/** The rows of the form that a text names one of, to choose from; none until there are rows. */
export function namesAmong(field: Field, answers: Answers = {}): readonly Option[] {
  const rows = field.among && answers[field.among.list];
  if (!field.among || !Array.isArray(rows)) return [];
  const { column } = field.among;
  const names = (rows as readonly Answers[]).flatMap((row) =>
    typeof row[column] === "string" ? row[column] : [],
  );
  return [...new Set(names)].map((name) => ({ value: name, label: { zh: name, en: name } }));
}

/** A row without the names that no row of the form bears any more: they are asked for again. */
export function stillNamed(columns: readonly Field[], row: Answers, answers: Answers): Answers {
  const gone = columns.filter((column) => {
    const names = namesAmong(column, answers);
    return names.length > 0 && names.every(({ value }) => value !== row[column.key]);
  });
  return Object.fromEntries(Object.entries(row).filter(([key]) => gone.every((one) => one.key !== key)));
}
