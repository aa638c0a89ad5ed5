import type { Lang, Text } from "../../src/kernel/words.ts";
import { day, remaining } from "../shared/format.ts";
import { fill, printed, words } from "../shared/lang.tsx";
import type { CaseLine, CasePage, Progress, Service, Turn } from "../shared/types.ts";

/** Whose turn it is, until when, and what happens otherwise: the sentences said everywhere a case is shown. */

const w = words({
  you: { zh: "轮到您", en: "Your turn" },
  youUntil: { zh: "轮到您，请在{day}前办", en: "Your turn, by {day}" },
  union: { zh: "轮到{unit}", en: "With {unit}" },
  unionUntil: { zh: "轮到{unit}，{day}前答复您", en: "With {unit}, who will answer by {day}" },
  unionLate: { zh: "{unit}已逾期，上级工会已知道", en: "{unit} is late; the union above has been told" },
  clock: {
    zh: "现在不用您办，到期自动进入下一步",
    en: "Nothing for you to do; the next step comes by itself",
  },
  clockUntil: {
    zh: "现在不用您办，到{day}自动进入下一步",
    en: "Nothing for you to do; the next step comes by itself on {day}",
  },
  ended: { zh: "已办结", en: "Closed" },
  someUnion: { zh: "工会", en: "the union" },
});

/** A case of one's own, as lists show it. The server may say more than a list line needs. */
export interface OwnCase extends CaseLine {
  readonly progress?: readonly Progress[];
  readonly mayRate?: boolean;
}

/** Whether the case waits for the person who looks. */
export function waitsForMe(line: OwnCase): boolean {
  return line.state !== "ended" && (line.turn === "applicant" || line.turn === "you");
}

/** Whether the case ended as it was asked to. */
export function endedWell(line: OwnCase, service: Service | undefined): boolean {
  return line.state === "ended" && (service?.ends.find(({ id }) => id === line.step)?.good ?? false);
}

/** Whether the case is over and nobody has said how it was. */
export function wantsRating(line: OwnCase, service: Service | undefined): boolean {
  return line.rating === null && (line.mayRate ?? endedWell(line, service));
}

function sentenceFor(
  who: string,
  unitName: string | null,
  dueOn: string | null,
  overdue: boolean,
  lang: Lang,
): string {
  const say = (text: Text): string =>
    printed(
      fill(text[lang], { unit: unitName ?? w.someUnion[lang], day: dueOn ? day(dueOn, lang, "short") : "" }),
      lang,
    );
  if (who === "you" || who === "applicant") return say(dueOn ? w.youUntil : w.you);
  if (who === "union") return say(overdue ? w.unionLate : dueOn ? w.unionUntil : w.union);
  if (who === "clock") return say(dueOn ? w.clockUntil : w.clock);
  return say(w.ended);
}

/** The turn of a case in a list, in one sentence. */
export function turnOfLine(line: OwnCase, lang: Lang): string {
  return sentenceFor(
    line.state === "ended" ? "nobody" : line.turn,
    line.turnUnitName,
    line.dueOn,
    line.overdue,
    lang,
  );
}

/** The turn of a case on its own page. What happens otherwise stands under it, not in it. */
export function turnOfCase(page: CasePage, lang: Lang): string {
  const { turn } = page;
  return sentenceFor(turn.who, turn.unitName, turn.dueOn, page.case.overdue, lang);
}

/** What is left of the clock, where one runs. */
export function clockOf(turn: Turn, lang: Lang): string | undefined {
  return turn.remaining ? remaining(turn.remaining, lang) : undefined;
}
