import { z } from "zod";
import { zReason } from "../kernel/reason.ts";
import { zDay, zId, zText } from "../kernel/schemas.ts";

/** The document a value stands on. */
export const zSource = z.object({
  document: z.union([z.string().max(300), zText]),
  article: z.string().max(60).optional(),
  page: z.string().max(60).optional(),
  url: z.url().max(500).optional(),
  tag: z.enum(["V", "K", "U", "D"]).default("V"),
});

export const zPlace = z.object({ id: zId<"unit">().nullable(), name: zText });

/** A key at a place: its value, where it comes from, and what was and will be. */
export const PolicyItem = z.object({
  key: z.string(),
  group: z.string(),
  title: zText,
  help: zText,
  type: z.object({
    kind: z.string(),
    unit: zText.optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    options: z.array(z.object({ value: z.string(), title: zText })).optional(),
  }),
  value: z.unknown(),
  from: zDay.nullable(),
  place: zPlace,
  source: z.string(),
  sourceDetail: zSource,
  inherited: z.boolean(),
  history: z.array(
    z.object({
      id: zId<"policy">(),
      value: z.unknown(),
      from: zDay,
      place: zPlace,
      source: z.string(),
      superseded: z.boolean(),
    }),
  ),
  maySet: z.boolean(),
  refusal: zReason.optional(),
});

/** What stands at a place on a day, key by key. */
export const PolicyList = z.object({
  place: z.object({ id: zId<"unit">(), name: z.string() }),
  day: zDay,
  items: z.array(PolicyItem),
});
