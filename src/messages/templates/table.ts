import type { Text } from "../../kernel/words.ts";

/**
 * What is said to a person when something happens to them. `{name}` places are filled from typed params:
 * a name ending `Fen` is written as an amount, one ending `On` or `Day` as a date. The title alone goes
 * out by mail and text message, so it holds no names, amounts or causes.
 */
export interface Template {
  readonly title: Text;
  readonly body: Text;
  /** Channels beside the app, where the person has them switched on. None. */
  readonly also?: readonly ("mail" | "sms")[];
}

/** The templates of one module, by name. */
export type TemplateTable = Readonly<Record<string, Template>>;
