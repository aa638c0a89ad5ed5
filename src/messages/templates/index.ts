import { ledgerTemplates } from "./ledger.ts";
import { peopleTemplates } from "./people.ts";
import { proceduresTemplates } from "./procedures.ts";
import type { Template } from "./table.ts";

const all = { ...peopleTemplates, ...proceduresTemplates, ...ledgerTemplates };

/** Every template's name. */
export type TemplateName = keyof typeof all;

/** What a template's place may be filled with. Never a number that identifies a person. */
export type TemplateValue = string | number | bigint | Readonly<{ zh: string; en: string }>;

type Places<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Places<Rest>
  : never;

/** The places of a template's sentences, each of which must be filled. */
export type TemplateParams<Name extends TemplateName> = Readonly<
  Record<Places<(typeof all)[Name]["title"]["zh"]> | Places<(typeof all)[Name]["body"]["zh"]>, TemplateValue>
>;

/** Every template by its name. */
export const templates: Readonly<Record<TemplateName, Template>> = all;
