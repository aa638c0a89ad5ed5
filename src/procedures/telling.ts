import type { Tx } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import type { District } from "../kernel/region.ts";
import type { Text } from "../kernel/words.ts";
import { publish } from "../messages/events.ts";
import { tell } from "../messages/index.ts";
import type { Chain } from "../units/chain.ts";
import { holdersOf } from "../units/posts.ts";
import type { Service } from "./define.ts";
import { ifNothing } from "./moving.ts";
import type { CaseState, Decided, Doer } from "./words.ts";

const noDay = { zh: "国务院公布放假安排后", en: "the day the year’s holidays are published" };
const nothing = { zh: "", en: "" };

/** Tells the applicant what a decision did, officers what an escalation brought them, and every open page. */
export async function tellOfMove(
  tx: Tx,
  service: Service,
  state: CaseState,
  decided: Decided,
  about: {
    readonly applicantDistrict: string;
    readonly at: Date;
    readonly chain: Chain;
    readonly doer: Doer;
    /** Only pages that are open are told. */
    readonly quiet: boolean;
  },
): Promise<void> {
  const { at } = about;
  const applicant = [
    { person: state.applicant.id as Id<"person">, district: about.applicantDistrict as District },
  ];
  const common = { service: service.title, number: state.number };
  const send = { to: applicant, now: at, case: state.id as Id<"case">, link: `/w/cases/${state.id}` };
  const dueOn = state.due.on ?? noDay;
  const silence = ifNothing(service, state, about.chain) ?? nothing;
  const turn = turnText(state);
  if (about.quiet) {
    // Said elsewhere.
  } else if (decided.name === "open")
    await tell(tx, {
      ...send,
      template: "case.received",
      params: { ...common, turn, dueOn, ifNothing: sentenceOf(silence) },
    });
  else if (decided.moved && state.state === "ended") {
    const end = service.ends[state.outcome ?? ""];
    const reason = decided.note ?? end?.title ?? nothing;
    if (decided.name === "lapsed")
      await tell(tx, { ...send, template: "case.lapsed", params: { ...common, on: state.endedOn ?? "" } });
    else if (end?.good)
      await tell(tx, {
        ...send,
        template: "case.approved",
        params: { ...common, on: state.endedOn ?? "", next: nothing },
      });
    else await tell(tx, { ...send, template: "case.rejected", params: { ...common, reason } });
  } else if (decided.moved && state.turn.who === "applicant")
    await tell(tx, {
      ...send,
      template: "case.returned",
      params: { ...common, reason: decided.note ?? nothing, dueOn, ifNothing: sentenceOf(silence) },
    });
  else if (decided.moved && service.steps[state.step]?.notice)
    await tell(tx, {
      ...send,
      template: "notice.up",
      params: { ...common, startsOn: state.stepSince, endsOn: dueOn },
    });
  else if (decided.moved) {
    const step = service.steps[state.step]?.title ?? nothing;
    await tell(tx, { ...send, template: "case.moved", params: { ...common, step, turn: turnSaid(state) } });
  } else if (decided.name === "escalated" && state.turn.unitId && state.turn.power)
    await tellOfficers(tx, state, service, at);
  publish(tx, {
    event: "case",
    to: { people: [state.applicant.id] },
    data: { id: state.id, step: state.step },
  });
  publish(tx, {
    event: "case",
    to: { path: state.unit.path },
    data: { id: state.id, step: state.step },
  });
}

async function tellOfficers(tx: Tx, state: CaseState, service: Service, at: Date): Promise<void> {
  const { unitId, power } = state.turn;
  if (!unitId || !power) return;
  const holders = await holdersOf(tx, unitId as never, power, state.stepSince);
  const people = holders.map((one) => ({ person: one.personId, district: one.personDistrict }));
  if (people.length === 0) return;
  await tell(tx, {
    to: people,
    template: "case.escalated",
    params: {
      service: service.title,
      number: state.number,
      unit: state.unit.name,
      dueOn: state.due.on ?? noDay,
    },
    now: at,
    case: state.id as Id<"case">,
    link: `/o/cases/${state.id}`,
  });
}

/** Whose turn, as a clause: 轮到云溪县总工会; while a clock runs, nobody has to do anything. */
function turnSaid(state: CaseState): Text {
  if (state.turn.who === "clock") return { zh: "现在不用您办", en: "nothing is asked of you now" };
  const turn = turnText(state);
  return { zh: `轮到${turn.zh}`, en: `it is with ${turn.en}` };
}

/** Whose turn, in words. */
export function turnText(state: CaseState): { readonly zh: string; readonly en: string } {
  switch (state.turn.who) {
    case "union":
      return state.turn.unitName
        ? { zh: state.turn.unitName, en: state.turn.unitName }
        : { zh: "工会", en: "the union" };
    case "applicant":
      return { zh: "您本人", en: "you" };
    case "clock":
      return { zh: "等待期满", en: "the clock" };
    case "nobody":
      return { zh: "无人", en: "nobody" };
  }
}

function sentenceOf(silence: { readonly zh: string; readonly en: string }) {
  if (silence.zh === "") return silence;
  const en = silence.en.charAt(0).toUpperCase() + silence.en.slice(1);
  return { zh: `${silence.zh}。`, en: `${en}.` };
}
