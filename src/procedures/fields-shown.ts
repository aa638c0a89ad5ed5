import { onceFor } from "../kernel/memo.ts";
import { type Field, type Fields, isSensitive } from "./fields.ts";

/** JSON Schema (2020-12) of the answers to these questions, for the API's catalogue. */
export function jsonSchema(asks: Fields): Readonly<Record<string, unknown>> {
  const properties = Object.fromEntries(Object.entries(asks).map(([key, asked]) => [key, schemaOf(asked)]));
  const required = Object.entries(asks)
    .filter(([, asked]) => asked.required && !asked.showWhen)
    .map(([key]) => key);
  return { type: "object", properties, required, additionalProperties: false };
}

function schemaOf(asked: Field): Readonly<Record<string, unknown>> {
  const described = { title: asked.label.zh, ...(asked.help && { description: asked.help.zh }) };
  const uuid = { type: "string", format: "uuid" };
  const values = asked.options?.map((one) => one.value);
  const bounds = {
    ...(asked.min !== undefined && { minimum: asked.min }),
    ...(asked.max !== undefined && { maximum: asked.max }),
  };
  const counts = {
    ...(asked.min !== undefined && { minItems: asked.min }),
    ...(asked.max !== undefined && { maxItems: asked.max }),
  };
  switch (asked.kind) {
    case "text":
    case "longText":
      return { ...described, type: "string", maxLength: asked.maxLength };
    case "idNumber":
    case "phone":
    case "bankCard":
      return { ...described, type: "string" };
    case "integer":
    case "money":
    case "percent":
      return { ...described, type: "integer", ...bounds };
    case "day":
      return { ...described, type: "string", format: "date" };
    case "month":
      return { ...described, type: "string", pattern: "^\\d{4}-\\d{2}$" };
    case "oneOf":
      return { ...described, type: "string", enum: values };
    case "manyOf":
      return { ...described, type: "array", items: { type: "string", enum: values }, uniqueItems: true };
    case "yesNo":
      return { ...described, type: "boolean" };
    case "consent":
      return { ...described, type: "boolean", const: true };
    case "papers":
    case "officers":
      return { ...described, type: "array", items: uuid, ...counts };
    case "person":
    case "unit":
      return { ...described, ...uuid };
    case "list":
      return { ...described, type: "array", items: jsonSchema(asked.fields ?? {}), ...counts };
  }
}

/** A question as the API sends it (API.md, `Field`). */
export type FieldShown = Omit<Field, "holds" | "fields" | "sensitive"> & {
  readonly key: string;
  /** Told of itself and of its columns. */
  readonly sensitive?: boolean;
  /** The columns of a `list`. */
  readonly fields?: readonly FieldShown[];
};

/** Questions in order, as the API sends them. */
export const showFields: (asks: Fields) => readonly FieldShown[] = onceFor((asks: Fields) =>
  Object.entries(asks).map(([key, { holds: _, fields: inner, ...rest }]) => ({
    key,
    ...rest,
    sensitive: isSensitive({ ...rest, ...(inner && { fields: inner }) }),
    ...(inner && { fields: showFields(inner) }),
  })),
);
