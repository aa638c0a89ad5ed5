import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import type { CaseLevel, Chain, ChainUnit } from "../units/chain.ts";
import { type ActionDef, type By, levelsOf, type OfficerBy, type Service } from "./define.ts";
import type { CaseState, Doer, DoerPost } from "./words.ts";

/** The action every ended case offers its applicant, where the service is rated. */
const rate: ActionDef = {
  title: { zh: "评价这次服务", en: "Rate this service" },
  to: "stay",
  by: "applicant",
  kind: "primary",
  asks: {
    stars: {
      kind: "oneOf",
      label: { zh: "您满意吗", en: "How satisfied are you" },
      required: true,
      sensitive: false,
      options: [5, 4, 3, 2, 1].map((stars) => ({
        value: String(stars),
        label: { zh: `${stars} 星`, en: stars === 1 ? "1 star" : `${stars} stars` },
      })),
    },
    text: {
      kind: "longText",
      label: { zh: "想说的话", en: "Anything to add" },
      required: false,
      sensitive: false,
      maxLength: 500,
    },
  },
  noteKey: "text",
};

/** What judging a seat must know beside the case: the unions above it, and whom the actor is related to. */
interface Around {
  readonly chain: Chain;
  readonly kin: readonly string[];
}

/** In which capacity somebody acts. */
export interface Seat {
  readonly post: DoerPost | null;
  /** The level whose decision this is; null for the applicant, the program, and what is no decision. */
  readonly level: CaseLevel | null;
}

/** The actions of the step a case stands in. */
export function actionsOf(
  service: Service,
  theCase: CaseState,
): { readonly name: string; readonly def: ActionDef }[] {
  if (theCase.state === "ended") {
    const rated = service.rated !== false && service.ends[theCase.outcome ?? theCase.step]?.rated !== false;
    return rated && theCase.rating === null ? [{ name: "rate", def: rate }] : [];
  }
  return Object.entries(service.steps[theCase.step]?.may ?? {}).map(([name, def]) => ({ name, def }));
}

/** One of them by name. */
export function actionOf(service: Service, theCase: CaseState, name: string): ActionDef | undefined {
  return actionsOf(service, theCase).find((one) => one.name === name)?.def;
}

/** Who may do an action. */
export function bysOf(service: Service, theCase: CaseState, def: ActionDef): readonly By[] {
  if (def.by === undefined) return [service.steps[theCase.step]?.by ?? "applicant"];
  return Array.isArray(def.by) ? def.by : [def.by as By];
}

/** Whether an action is this actor’s at all, and so shown. */
export function isFor(by: By, mine: boolean, actor: Doer): boolean {
  if (by === "clock") return false;
  return by === "applicant" ? mine : actor.posts.length > 0;
}

/** Whether the actor is the applicant, or stands in for them. */
export function isApplicants(service: Service, theCase: CaseState, actor: Doer): boolean {
  if (actor.person === theCase.applicant.id) return true;
  if (actor.person === null || actor.person !== theCase.onBehalfBy) return false;
  const power = service.mayStart.onBehalf;
  return power !== undefined && actor.posts.some((post) => post.powers.includes(power));
}

/** The first seat in which the actor may act, or why there is none. */
export function seatOf(
  service: Service,
  theCase: CaseState,
  def: ActionDef,
  actor: Doer,
  context: Around,
): Or<Seat> {
  const refusals: Refusal[] = [];
  for (const by of bysOf(service, theCase, def)) {
    const seat = takeSeat(service, theCase, by, def, actor, context);
    if (!isRefusal(seat)) return seat;
    refusals.push(seat);
  }
  // The most telling reason: a rule about this person before “not your turn” before “not your post”.
  const telling = refusals.find((one) => one.code !== "not-yours" && one.code !== "not-your-turn");
  return telling ?? refusals.find((one) => one.code === "not-your-turn") ?? refuse("not-yours");
}

function takeSeat(
  service: Service,
  theCase: CaseState,
  by: By,
  def: ActionDef,
  actor: Doer,
  context: Around,
): Or<Seat> {
  if (by === "clock") return actor.person === null ? { post: null, level: null } : refuse("not-yours");
  if (by === "applicant")
    return isApplicants(service, theCase, actor) ? { post: null, level: null } : refuse("applicant-only");
  const held = heldPost(theCase, by, actor, context.chain);
  if (isRefusal(held)) return held;
  const level = def.decides === false ? null : (levelsOf(by)[0] ?? null);
  const clash = level === null ? undefined : separation(theCase, level, actor, context);
  return clash ?? { post: held, level };
}

function heldPost(theCase: CaseState, by: OfficerBy, actor: Doer, chain: Chain): Or<DoerPost> {
  const units = unitsOf(by, chain);
  const stations = units.map((one) => one.id as string);
  // A late step may also be done one level up, where it was escalated to.
  if (theCase.escalated && theCase.turn.unitId) stations.push(theCase.turn.unitId);
  const post = actor.posts.find((one) => stations.includes(one.unitId) && one.powers.includes(by.power));
  if (post) return post;
  const turn = units[0]?.name ?? theCase.turn.unitName;
  return actor.posts.length > 0 && turn ? refuse("not-your-turn", { unit: turn }) : refuse("not-yours");
}

/** design §4: nobody decides two levels of one case, their own case, or a relative's. */
function separation(theCase: CaseState, level: CaseLevel, actor: Doer, context: Around): Refusal | undefined {
  if (actor.person === null) return undefined;
  if (actor.person === theCase.applicant.id) return refuse("own-case");
  if (context.kin.includes(actor.person)) return refuse("relatives-case");
  const before = theCase.actions.find(
    (one) => one.byPerson === actor.person && one.after.level !== null && one.after.level !== level,
  );
  return before ? refuse("two-levels") : undefined;
}

/** The unions of the chain that stand at a step's levels, in its order. */
export function unitsOf(by: OfficerBy, chain: Chain): readonly ChainUnit[] {
  return levelsOf(by).flatMap((level) => chain.levels[level] ?? []);
}
