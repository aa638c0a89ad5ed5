import type { Clock, Db, Tx } from "../db/index.ts";
import type { Shelf } from "../documents/papers/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Or } from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import type { Text } from "../kernel/words.ts";
import type { Calendar } from "../kernel/working-days.ts";
import type { EffectKinds, KnownFacts, Service } from "./define.ts";
import type { CaseState, Doer, Facts } from "./words.ts";

/** Where and for whom an effect is carried out. */
export interface EffectSite {
  readonly engine: Engine;
  /** The case as it will stand after the action. */
  readonly case: CaseState;
  readonly service: Service;
  /** The district of the applicant's own record, which may lie elsewhere than the case. */
  readonly applicantDistrict: string;
  readonly actionId: string;
  /** Which effect of the action this is: with `actionId` it makes ids that a repeat makes again. */
  readonly index: number;
  readonly actor: Doer;
  readonly at: Date;
  readonly day: Day;
}

/** What an effect adds to the case it came from. */
export interface EffectResult {
  readonly facts?: Facts;
  readonly subjectId?: string;
}

/** Carries out one kind of effect in the action's own transaction. A refusal undoes the whole action. */
export type EffectHandler<Data> = (
  tx: Tx,
  effect: Data,
  site: EffectSite,
  // biome-ignore lint/suspicious/noConfusingVoidType: most effects add nothing.
) => Promise<Or<EffectResult | void>>;

/** A handler for every kind of effect. */
export type EffectHandlers = { readonly [Name in keyof EffectKinds]: EffectHandler<EffectKinds[Name]> };

/** What a loader of a known fact is given: the case or the opening, with what was just answered. */
export interface KnownSite {
  readonly engine: Engine;
  readonly district: string;
  readonly caseId: string;
  readonly service: Service;
  readonly step: string | null;
  readonly applicant: { readonly id: string; readonly district: string };
  readonly answers: Facts;
  readonly asked: Facts;
  readonly facts: Facts;
  readonly actor: Doer;
  readonly today: Day;
}

/** Loads each fact a service may ask to know. */
export type KnownLoaders = {
  readonly [Name in keyof KnownFacts]: (tx: Tx, site: KnownSite) => Promise<KnownFacts[Name]>;
};

/** Everything the engine runs: the services, what carries out their effects, and what loads their facts. */
export interface Catalogue {
  readonly services: ReadonlyMap<string, Service>;
  readonly lifeEvents: readonly { readonly code: string; readonly title: Text }[];
  readonly effects: EffectHandlers;
  readonly known: KnownLoaders;
}

/** The engine's surroundings. One for the running program. */
export interface Engine {
  readonly db: Db;
  readonly clock: Clock;
  readonly ring: Keyring;
  /** Other storage for papers than the database, if there is one. */
  readonly shelf: Shelf | null;
  /** Whether region 99 is taken. */
  readonly fictitious: boolean;
  readonly catalogue: Catalogue;
  readonly calendar: () => Calendar;
}

declare module "../kernel/route.ts" {
  interface AppContext {
    readonly engine: Engine;
  }
}
