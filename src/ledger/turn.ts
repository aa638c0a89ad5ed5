import type { Tx } from "../db/index.ts";
import { type Day, formatDay } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { Lang, Text } from "../kernel/words.ts";
import { type Actor, holdersOf } from "../units/index.ts";
import { type BatchActionName, batchActions, batchStates, mayAct, nextActions, powerFor } from "./batch.ts";
import { actorAt, type Loaded } from "./paying.ts";

/** Whose turn a batch is, as its page says it: who may do the next step, by name, and until when. */
export interface BatchTurn {
  readonly who: "you" | "union" | "nobody";
  readonly sentence: string;
}

/** How many are named before the rest is counted. */
const namedMost = 3;

/** The turn of a batch for one who looks at it. Those who signed before and may not sign again are not named. */
export async function turnOfBatch(
  tx: Tx,
  { row, batch }: Loaded,
  actor: Actor,
  today: Day,
  lang: Lang,
): Promise<BatchTurn> {
  const names = nextActions(batch);
  if (names.length === 0) return { who: "nobody", sentence: batchStates[row.state][lang] };
  const doer = actorAt(actor, row.path, today);
  const mine = names.filter((name) => mayAct(batch, name, doer) === undefined);
  if (mine.length > 0) return { who: "you", sentence: said(mine, you, row.dueOn, lang) };
  const able = await Promise.all(
    names.map(async (name) => {
      const power = powerFor(name, row.state);
      const holders = await holdersOf(tx, row.unitId as Id<"unit">, power, today);
      return holders
        .filter(({ personId }) => !mayAct(batch, name, { person: personId, powers: new Set([power]) }))
        .map((one) => one.personName);
    }),
  );
  const people = [...new Set(able.flat())];
  if (people.length === 0) return { who: "union", sentence: nobody(names, row.unitName, lang) };
  return { who: "union", sentence: said(names, named(people, row.unitName), row.dueOn, lang) };
}

const you: Text = { zh: "您", en: "you" };

function named(people: readonly string[], unit: string): Text {
  const shown = people.slice(0, namedMost);
  const more = people.length - shown.length;
  return {
    zh: `${unit} ${shown.join("、")}${more > 0 ? ` 等 ${people.length} 人` : ""}`,
    en: `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""} of ${unit}`,
  };
}

function titles(names: readonly BatchActionName[], lang: Lang): string {
  return names.map((name) => batchActions[name].title[lang]).join(lang === "zh" ? "、" : " / ");
}

function said(names: readonly BatchActionName[], who: Text, due: Day | null, lang: Lang): string {
  const step = titles(names, lang);
  if (lang === "zh") return `轮到${who.zh}：${step}${due ? `，${formatDay(due, "zh", "short")}前` : ""}。`;
  return `It is with ${who.en}: ${step}${due ? `, by ${formatDay(due, "en", "short")}` : ""}.`;
}

function nobody(names: readonly BatchActionName[], unit: string, lang: Lang): string {
  return lang === "zh"
    ? `等待${titles(names, "zh")}，但${unit}没有可以办理的人：请主席为这一岗位安排人员。`
    : `It waits for: ${titles(names, "en")}. Nobody at ${unit} may do it: the chair must fill the post.`;
}
