import type { Tx } from "../db/index.ts";
import { type Day, formatNear } from "../kernel/day.ts";
import type { Lang, Text } from "../kernel/words.ts";
import type { Actor } from "../units/index.ts";
import { lineFor, nearestAble } from "./able.ts";
import { type BatchActionName, batchActions, batchStates, mayAct, nextActions, powerFor } from "./batch.ts";
import { actorAt, type Loaded } from "./paying.ts";

/** Whose turn a batch is, as its page says it: who may do the next step, by name, and until when. */
export interface BatchTurn {
  readonly who: "you" | "union" | "nobody";
  readonly sentence: string;
}

/** How many are named before the rest is counted. */
const namedMost = 3;

/**
 * The turn of a batch for one who looks at it. Those who signed before and may not sign again are not named; where
 * nobody is left at the batch's own union, those of the nearest union above who may are.
 */
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
  if (mine.length > 0) return { who: "you", sentence: said(mine, you, row.dueOn, today, lang) };
  const able = await Promise.all(
    names.map(async (name) => {
      const powers = new Set([powerFor(name, row.state)]);
      return nearestAble(await lineFor(tx, row, name, today), (person) =>
        Boolean(mayAct(batch, name, { person, powers })),
      );
    }),
  );
  const [nearest] = able.flat();
  if (nearest === undefined) return { who: "union", sentence: nobody(names, row.unitName, lang) };
  const there = able.flat().filter(({ unitId }) => unitId === nearest.unitId);
  const people = [...new Set(there.map(({ personName }) => personName))];
  return { who: "union", sentence: said(names, named(people, nearest.unitName), row.dueOn, today, lang) };
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

function said(names: readonly BatchActionName[], who: Text, due: Day | null, today: Day, lang: Lang): string {
  const step = titles(names, lang);
  if (lang === "zh") return `轮到${who.zh}：${step}${due ? `，${formatNear(due, today, "zh")}前` : ""}。`;
  return `It is with ${who.en}: ${step}${due ? `, by ${formatNear(due, today, "en")}` : ""}.`;
}

function nobody(names: readonly BatchActionName[], unit: string, lang: Lang): string {
  return lang === "zh"
    ? `等待${titles(names, "zh")}，但${unit}和上级工会都没有可以办理的人：请主席为这一岗位安排人员。`
    : `It waits for: ${titles(names, "en")}. Nobody at ${unit} or above may do it: the chair must fill the post.`;
}
