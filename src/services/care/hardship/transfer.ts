import { refuse } from "../../../kernel/refusal.ts";
import { action, type View } from "../../../procedures/define.ts";
import { longText, officers, unit } from "../../../procedures/fields.ts";
import * as policy from "../policies.ts";
import { moveAwayAction } from "./rehome.ts";
import { cancelAction } from "./shared-actions.ts";

/*
 * 档案移交: a worker on file who finds work again is looked after by the new employer's union (aid.md §2). The file
 * changes unions only when both confirm (§17): the old one hands it over, the new one takes it, and where the new one is
 * silent the county decides.
 */

const note = longText({ label: { zh: "说明", en: "Remarks" }, required: false, maxLength: 500 });

/** The levels of union that keep the files of workers. */
const keepers: readonly string[] = ["GRASSROOTS", "COMMUNITY", "PARK", "TOWNSHIP", "COUNTY"];

function mayGoThere(view: View<{ readonly toUnit?: string }>) {
  const { destination } = view.known;
  const at = "/answers/toUnit";
  if (!destination) return refuse("not-found", {}, { at });
  const { name, id } = destination.unit;
  if (id === view.unit.id) return refuse("file-there-already", { unit: name }, { at });
  if (destination.district !== view.chain.unit.district)
    return refuse("file-other-district", { unit: name }, { at });
  if (!keepers.includes(destination.chain.unit.level))
    return refuse("unit-keeps-no-files", { unit: name }, { at });
  return undefined;
}

/** The old union lets the file go. It stays where it is until the new union has taken it. */
export const handOver = action({
  title: { zh: "移交新单位工会", en: "Hand over to another union" },
  to: "moving",
  by: { power: "aid.check", level: ["own", "township"] },
  decides: false,
  asks: {
    toUnit: unit({ label: { zh: "移交给哪个工会", en: "Which union takes the file over" } }),
    note: longText({ label: { zh: "移交原因", en: "Why" }, maxLength: 500 }),
  },
  check: mayGoThere,
  sets: (view) => ({ movingTo: view.asked.toUnit }),
});

/** On its way to another union: the turn is the new union's, and of those above it when it is late. */
export const movingStep = {
  title: { zh: "档案移交", en: "Being handed over" },
  by: { power: "aid.check", level: "own" },
  atDestination: true,
  within: policy.acceptWithin,
  whenLate: "escalate",
  aside: true,
  may: {
    take: action({
      title: { zh: "接收档案", en: "Take the file over" },
      to: "active",
      kind: "primary",
      by: [
        { power: "aid.check", level: "own" },
        { power: "aid.review", level: "county" },
      ],
      decides: false,
      rehomes: true,
      asks: { liaison: officers({ label: { zh: "联系干部", en: "Liaison officer" }, min: 1 }), note },
      sets: () => ({ movingTo: null }),
      effects: (view) => {
        const home = view.known.destination?.unit;
        return home ? [{ do: "hardship.move", to: home, liaison: view.asked.liaison?.[0] ?? null }] : [];
      },
    }),
    keep: action({
      title: { zh: "不移交，仍由原工会管理", en: "Leave it where it is" },
      to: "active",
      by: { power: "aid.review", level: "county" },
      decides: false,
      asks: { note: longText({ label: { zh: "理由", en: "Reason" }, maxLength: 500 }) },
      sets: () => ({ movingTo: null }),
    }),
    cancel: cancelAction,
    moveAway: moveAwayAction,
  },
} as const;
