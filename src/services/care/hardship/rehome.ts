import { savepoint } from "../../../db/index.ts";
import { copyPapers } from "../../../documents/papers/index.ts";
import { derivedId, type Id } from "../../../kernel/ids.ts";
import { isRefusal } from "../../../kernel/refusal.ts";
import { tell } from "../../../messages/index.ts";
import { getPerson } from "../../../people/index.ts";
import { openIn } from "../../../procedures/act.ts";
import { action, type View } from "../../../procedures/define.ts";
import type { EffectHandler } from "../../../procedures/engine.ts";
import { longText, officers } from "../../../procedures/fields.ts";
import { program } from "../../../procedures/words.ts";
import * as policy from "../policies.ts";
import { type Carried, factsOf } from "./facts.ts";
import { nextVisit } from "./rules.ts";
import { cancelAction } from "./shared-actions.ts";
import { fileOfCase } from "./store.ts";

/*
 * 档案随人迁移: a family that moves to another district takes its file along. The case here ends and another opens there
 * that names it: under that district's number and key, with copies of the papers, the category and the year it was filed
 * for. What was used of the year's caps goes along. The new union takes the file, or asks for new forms.
 */

declare module "../../../procedures/define.ts" {
  interface EffectKinds {
    /** Open the case anew in the district the applicant's record lives in now. */
    readonly "hardship.rehome": { readonly as: "file" | "application" };
  }
}

/** Steps in which a file is in force, and those in which its family is only followed. */
const inForce = [
  "active",
  "moving",
  "reverifying",
  "recheck_review",
  "exit_proposed",
  "exiting",
  "exit_review",
];
const followed = ["exited", "monitoring"];

/** By the program, once the family's record lives elsewhere. */
export const moveAwayAction = action({
  title: { zh: "随人迁出", en: "Moved away with the family" },
  to: "moved",
  by: "clock",
  hidden: true,
  effects: (view) => {
    const step = view.actions.at(-1)?.toStep ?? "";
    if (followed.includes(step)) return [{ do: "hardship.release" }];
    return [
      { do: "hardship.release" },
      { do: "hardship.rehome", as: inForce.includes(step) ? "file" : "application" },
    ];
  },
});

/** A file that came from another district waits to be taken. */
export const arrivingStep = {
  title: { zh: "档案迁入，待接收", en: "Came from another district" },
  by: { power: "aid.check", level: "own" },
  within: policy.acceptWithin,
  whenLate: "escalate",
  aside: true,
  may: {
    take: action({
      title: { zh: "接收档案", en: "Take the file over" },
      to: "active",
      kind: "primary",
      decides: false,
      by: [
        { power: "aid.check", level: "own" },
        { power: "aid.review", level: "county" },
      ],
      asks: {
        liaison: officers({ label: { zh: "联系干部", en: "Liaison officer" }, min: 1 }),
        note: longText({ label: { zh: "说明", en: "Remarks" }, required: false, maxLength: 500 }),
      },
      sets: (view) => taken(view as View),
      effects: (view) => [{ do: "hardship.file", liaison: view.asked.liaison?.[0] ?? null }],
    }),
    renew: action({
      title: { zh: "情况有变，请重新申报", en: "Ask for new forms" },
      to: "returned",
      decides: false,
      asks: { note: longText({ label: { zh: "需要补正什么", en: "What is missing" }, maxLength: 500 }) },
    }),
    cancel: cancelAction,
    moveAway: moveAwayAction,
  },
} as const;

/** The file stands here for the rest of the year it was filed for elsewhere. */
function taken(view: View) {
  const { carried } = factsOf(view);
  return {
    category: carried?.category,
    calculation: carried?.calculation,
    validTo: carried?.validTo,
    tier: carried?.tier,
    filedOn: view.today,
    nextVisitOn: nextVisit(view, view.today),
  };
}

/** The case anew where the applicant lives now. One that cannot be opened there leaves them free to ask again. */
export const rehome: EffectHandler<{ readonly as: "file" | "application" }> = async (tx, { as }, site) => {
  const { case: state, engine } = site;
  const person = await getPerson(tx, state.applicant.id as Id<"person">);
  const file = await fileOfCase(tx, state.district, state.id);
  const facts = factsOf(state);
  const carried: Carried | undefined =
    as === "file" && file
      ? {
          fileNo: file.file_no,
          fileId: file.id,
          category: file.category as Carried["category"],
          calculation: facts.calculation,
          validTo: file.valid_to,
          tier: file.tier,
        }
      : undefined;
  const id = derivedId<"case">("rehomed", state.id, person.district);
  const named = (state.answers.papers ?? []) as readonly Id<"paper">[];
  const place = { district: person.district, path: person.path, owner: person.id, now: site.at };
  const opened = await attempt(async () => {
    const papers = await copyPapers(tx, engine, named, place);
    return openIn(
      tx,
      engine,
      { id, service: site.service.id, answers: { ...state.answers, papers }, onBehalfOf: person.id },
      program,
      { links: { previous: state.id }, facts: { moved: true, ...(carried && { carried }) } },
    );
  });
  await tell(tx, {
    to: [{ person: person.id, district: person.district }],
    template: opened ? "case.rehomed" : "case.not-rehomed",
    params: { service: site.service.title, number: state.number },
    now: site.at,
    case: (opened ? id : state.id) as Id<"case">,
    link: `/w/cases/${opened ? id : state.id}`,
  });
  return { facts: { movedTo: person.district } };

  /** Whether it was done; a refusal undoes whatever was written on the way. */
  async function attempt(work: () => ReturnType<typeof openIn>): Promise<boolean> {
    try {
      await savepoint(tx, async () => {
        const done = await work();
        if (isRefusal(done)) throw new Refused(done.code);
      });
      return true;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }
};

class Refused extends Error {}
