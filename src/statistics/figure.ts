import type { Tx } from "../db/index.ts";
import type { Text } from "../kernel/words.ts";
import type { Catalogue } from "../procedures/engine.ts";
import type { Scope } from "../units/scope.ts";
import { type Asked, askedOf, type When } from "./asked.ts";
import type { Amount, Part } from "./folds.ts";
import { type FigureUnit, listOfMonth, listOfPart, type Measure } from "./measure.ts";
import { type PlaceBelow, placesBelow } from "./store.ts";
import { hiddenCells, isSmall } from "./suppress.ts";
import { partLabel, splitTitles } from "./words.ts";

/** How a figure is told: from how many records on each number is, or all of them. */
export interface Telling {
  /** Null tells all: to those who may open the list. */
  readonly least: number | null;
}

/** A number as it is told; `hidden` where it is too small, or would give a small one away. */
export interface Told {
  readonly value: number | null;
  readonly hidden: boolean;
}

export interface Figure extends Told {
  readonly measure: string;
  readonly title: Text;
  readonly help: Text;
  readonly unit: { readonly id: string; readonly name: string };
  readonly unitOfMeasure: FigureUnit;
  readonly kind: "stock" | "flow";
  readonly from: string;
  readonly to: string;
  /** The day on which a stock stands: today, whatever the span. */
  readonly asOf: string;
  /** Each part opens its own list, where there is one. */
  readonly by: readonly (Told & {
    readonly key: string;
    readonly label: Text;
    readonly listUrl: string | null;
  })[];
  readonly series: readonly (Told & { readonly period: string; readonly listUrl: string | null })[];
  /** The split that `by` shows; null when there is none. */
  readonly split: string | null;
  readonly splits: readonly string[];
  /** What each of them is called. */
  readonly splitTitles: Readonly<Record<string, Text>>;
  readonly listUrl: string;
  readonly counted: boolean;
}

/** One figure of one union, with one of its splits (the first unless said) and its months. */
export async function figureOf(
  measure: Measure,
  asked: Asked,
  unit: { readonly id: string; readonly name: string },
  how: Telling & { readonly by?: string | undefined; readonly catalogue: Catalogue },
): Promise<Figure> {
  const splits = Object.keys(measure.by);
  const chosen = how.by ?? splits.find((split) => split !== "month");
  const [value, parts, points] = await Promise.all([
    measure.value(asked),
    chosen === undefined ? [] : measure.by[chosen]!(asked),
    measure.trend?.(asked) ?? [],
  ]);
  const all = isHidden(measure, value, how);
  // Where the numbers of a trend do not add up to the figure, only the small ones are left out.
  const adds = measure.kind === "flow";
  return {
    measure: measure.id,
    title: measure.title,
    help: measure.help,
    unit: { id: unit.id, name: unit.name },
    unitOfMeasure: measure.unit,
    kind: measure.kind,
    from: asked.from,
    to: asked.to,
    asOf: asked.today,
    ...told(value, all),
    by: tell(measure, parts, how, { all }).map((one, index) => ({
      key: parts[index]!.key,
      label: partLabel(chosen ?? "", parts[index]!.key, how.catalogue),
      listUrl: below(listOfPart(measure, asked, chosen ?? "", parts[index]!.key)),
      ...one,
    })),
    series: tell(measure, points, how, { all: adds && all, single: !adds }).map((one, index) => ({
      period: points[index]!.month,
      listUrl: below(listOfMonth(measure, asked, points[index]!.month)),
      ...one,
    })),
    split: chosen ?? null,
    splits,
    splitTitles: Object.fromEntries(
      splits.map((split) => [split, splitTitles[split] ?? { zh: split, en: split }]),
    ),
    listUrl: `/api${measure.list(asked)}`,
    counted: measure.counted,
  };
}

const below = (address: string | null): string | null => (address === null ? null : `/api${address}`);

/** A union below with its figure. */
export interface BelowLine extends Told {
  readonly unit: { readonly id: string; readonly name: string; readonly shortName: string | null };
}

/** One figure of every union directly below one of a scope, the largest first. */
export async function figuresBelow(
  tx: Tx,
  scope: Scope,
  measure: Measure,
  whole: Asked,
  when: When,
  how: Telling,
): Promise<readonly BelowLine[]> {
  const below = await placesBelow(tx, scope, whole.unitId);
  const values = await valuesBelow(tx, measure, below, when);
  const value = await measure.value(whole);
  // What the union has itself, below no other, is a part as well, though no line of the table.
  const rest = Math.max(0, value.records - values.reduce((sum, { records }) => sum + records, 0));
  const cells = tell(measure, [...values, { value: rest, records: rest }], how, {
    all: isHidden(measure, value, how),
  });
  return below
    .map(({ place, name, shortName }, index) => ({
      unit: { id: place.unitId, name, shortName },
      ...cells[index]!,
    }))
    .sort((one, other) => (other.value ?? -1) - (one.value ?? -1));
}

/**
 * Whether the figure of a union is hidden because, beside the figures of the unions around it, it would give a small one
 * away.
 */
export async function hiddenAmong(
  tx: Tx,
  scope: Scope,
  measure: Measure,
  parent: Asked,
  unitId: string,
  when: When,
  how: Telling,
): Promise<boolean> {
  const lines = await figuresBelow(tx, scope, measure, parent, when, how);
  return lines.find(({ unit }) => unit.id === unitId)?.hidden ?? false;
}

async function valuesBelow(
  tx: Tx,
  measure: Measure,
  below: readonly PlaceBelow[],
  when: When,
): Promise<readonly Amount[]> {
  const each = askedOf(
    tx,
    below.map(({ place }) => place),
    when,
  );
  return Promise.all(each.map((asked) => measure.value(asked)));
}

function isHidden(measure: Measure, { records }: Amount, { least }: Telling): boolean {
  return measure.personal && least !== null && isSmall(records, least);
}

/** The parts of a whole as they are told. `single`: the parts add up to nothing that is shown. */
function tell(
  measure: Measure,
  parts: readonly (Amount | Part)[],
  { least }: Telling,
  { all, single = false }: { readonly all: boolean; readonly single?: boolean },
): readonly Told[] {
  if (!measure.personal || least === null) return parts.map((part) => told(part, false));
  const hidden = single ? parts.map(({ records }) => isSmall(records, least)) : hiddenCells(parts, least);
  return parts.map((part, index) => told(part, all || hidden[index]!));
}

const told = ({ value }: Amount, hidden: boolean): Told => ({ value: hidden ? null : value, hidden });
