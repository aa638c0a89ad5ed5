import { issueCode } from "../documents/verify.ts";
import { derivedId, type Id, isId } from "../kernel/ids.ts";
import { maskName } from "../kernel/mask.ts";
import { isRefusal } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import { type TemplateName, tell } from "../messages/index.ts";
import { chainOf } from "../units/chain.ts";
import { holdersOf } from "../units/posts.ts";
import { openIn } from "./act.ts";
import type { EffectHandlers, KnownLoaders } from "./engine.ts";
import { openObjections } from "./notices-store.ts";
import { paperKinds } from "./papers.ts";
import { findHomeUnit } from "./store.ts";
import { program } from "./words.ts";

/** The effects the engine itself carries out; services add theirs. */
export const baseEffects: Pick<EffectHandlers, "tell" | "issue" | "follow"> = {
  tell: async (tx, effect, site) => {
    const people =
      effect.to === "applicant"
        ? [{ person: site.case.applicant.id as Id<"person">, district: site.applicantDistrict as District }]
        : await officersOf(tx, site.case.turn, site.day);
    if (people.length === 0) return;
    await tell(tx, {
      to: people,
      template: effect.template as TemplateName,
      params: { number: site.case.number, service: site.service.title, ...effect.params } as never,
      now: site.at,
      case: site.case.id as Id<"case">,
      link: `/${effect.to === "applicant" ? "w" : "o"}/cases/${site.case.id}`,
    });
  },
  issue: async (tx, effect, site) => {
    const state = site.case;
    const code = await issueCode(tx, {
      kind: "letter",
      district: state.district,
      subject: state.id as Id<string>,
      facts: [
        { label: { zh: "文书", en: "Document" }, value: effect.title.zh },
        { label: { zh: "编号", en: "Number" }, value: state.number },
        { label: { zh: "当事人", en: "Person" }, value: maskName(state.applicant.name) },
        { label: { zh: "所在工会", en: "Union" }, value: state.unit.name },
        { label: { zh: "日期", en: "Day" }, value: site.day },
        ...(effect.facts ?? []),
      ],
      today: site.day,
    });
    return { facts: { letterCode: code } };
  },
  follow: async (tx, effect, site) => {
    const id = derivedId<"case">("follow", site.actionId, String(site.index));
    const done = await openIn(
      tx,
      site.engine,
      { id, service: effect.service, answers: effect.answers, onBehalfOf: site.case.applicant.id },
      program,
      {
        links: linkOf(effect.link, site.case.id),
        ...(effect.facts && { facts: effect.facts }),
      },
    );
    return isRefusal(done) ? done : undefined;
  },
};

/** The facts the engine itself can load; services add theirs. */
export const baseKnown: Pick<KnownLoaders, "papers" | "openObjections" | "destination"> = {
  papers: async (tx, site) => paperKinds(tx, site),
  openObjections: async (tx, site) => openObjections(tx, site.district, site.caseId),
  destination: async (tx, site) => {
    const id = site.asked.toUnit ?? site.facts.movingTo;
    if (typeof id !== "string" || !isId(id)) return null;
    const found = await findHomeUnit(tx, id);
    if (!found) return null;
    const { name, path, district } = found;
    return { unit: { id, name, path }, district, chain: await chainOf(tx, id as Id<"unit">) };
  },
};

function linkOf(link: "follow" | "previous" | "parent", id: string) {
  return link === "previous" ? { previous: id } : link === "parent" ? { parent: id } : { followOf: id };
}

async function officersOf(
  tx: Parameters<typeof holdersOf>[0],
  turn: { readonly unitId: string | null; readonly power: string | null },
  day: Parameters<typeof holdersOf>[3],
) {
  if (!turn.unitId || !turn.power) return [];
  const holders = await holdersOf(tx, turn.unitId as never, turn.power as never, day);
  return holders.map((one) => ({ person: one.personId, district: one.personDistrict }));
}
