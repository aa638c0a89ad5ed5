import type { Tx } from "../../../db/index.ts";
import { type Day, yearOf } from "../../../kernel/day.ts";
import type { Identity } from "../../../kernel/identity-number.ts";
import { parseIdentity } from "../../../kernel/identity-number.ts";
import { derivedId, type Id } from "../../../kernel/ids.ts";
import { isRefusal, refuse } from "../../../kernel/refusal.ts";
import { linkCaps } from "../../../ledger/index.ts";
import {
  createHousehold,
  editSealed,
  findHouseholdOf,
  getPerson,
  type Household,
  householdNames,
  householdsElsewhere,
  householdsUnderOthers,
  identityHash,
  moveHousehold,
  replaceMembers,
  unsealPerson,
} from "../../../people/index.ts";
import { given } from "../../../procedures/define.ts";
import type {
  EffectHandler,
  EffectHandlers,
  EffectSite,
  KnownLoaders,
  KnownSite,
} from "../../../procedures/engine.ts";
import { asks } from "./asks.ts";
import { factsOf } from "./facts.ts";
import type { RegisterMatch } from "./means-check.ts";
import { rehome } from "./rehome.ts";
import type { Statement } from "./statement.ts";
import {
  claimIdentities,
  fileOfCase,
  insertFile,
  moveFile,
  nextFileSerial,
  openFileOfHead,
  registerFacts,
  releaseIdentities,
  setNextVisit,
  updateFile,
} from "./store.ts";

declare module "../../../procedures/define.ts" {
  interface EffectKinds {
    /** Register the household as stated, and hold its identities for this case alone. */
    readonly "hardship.household": Readonly<Record<never, never>>;
    /** Give the file its number and open it. */
    readonly "hardship.file": { readonly liaison: string | null };
    readonly "hardship.state": {
      readonly state: string;
      readonly category?: string | null;
      readonly validTo?: Day | null;
      /** Whether cause and household are to be those of the fresh forms. */
      readonly refreshed?: boolean;
    };
    /** The liaison has seen the household; by when again. */
    readonly "hardship.visited": { readonly nextVisitOn: Day };
    /** The new union has taken the file over. */
    readonly "hardship.move": {
      readonly to: { readonly id: string; readonly path: string };
      readonly liaison: string | null;
    };
    /** Let the household's identities go. */
    readonly "hardship.release": Readonly<Record<never, never>>;
  }
  interface KnownFacts {
    /** What imported registers say of the household's members. */
    readonly registerMatches: readonly RegisterMatch[];
    /** The applicant's hardship file in force. */
    readonly activeFile: ActiveFile | null;
  }
}

/** A file in force, as services that need one are shown it. */
export interface ActiveFile {
  readonly id: string;
  readonly fileNo: string;
  readonly caseId: string;
  readonly householdId: string;
  readonly category: string;
  readonly tier: "national" | "province" | "city";
  readonly mainCause: string;
  readonly memberCount: number;
  readonly validTo: Day;
  /** Who may hold the card beside the head: the household's members by name. */
  readonly members: readonly string[];
}

const household: EffectHandler<unknown> = async (tx, _effect, site) => {
  const said = given(asks, site.case.answers) as Statement;
  const head = await getPerson(tx, site.case.applicant.id as Id<"person">, site.applicantDistrict);
  const members = (said.members ?? []).map((one, index) => ({
    one,
    index,
    identity: identityOf(one.idNumber, site),
  }));
  const hashes = members.flatMap(({ identity }) =>
    identity ? [identityHash(site.engine.ring, identity)] : [],
  );
  const self = members.find(({ one }) => one.relation === "self");
  if (self?.identity && head.idHash && !head.idHash.equals(identityHash(site.engine.ring, self.identity)))
    return refuse("household-self-id", {}, { at: `/answers/members/${self.index}/idNumber` });
  const free = await claimIdentities(tx, { district: site.case.district, caseId: site.case.id }, hashes);
  if (!free) return refuse("household-on-file", {}, { at: "/answers/members" });
  const drafts = members.map(({ one, identity }) => ({
    name: one.name ?? "",
    relation: one.relation ?? "other",
    identity: identity ?? null,
    workStatus: one.workStatus ?? "",
    facts: {
      ...(one.health && { health: one.health }),
      ...(one.disabilityLevel && { disabilityLevel: String(one.disabilityLevel) }),
      ...(one.school && { school: one.school }),
    },
    ...(one.relation === "self" && { personId: head.id }),
  }));
  await rememberReach(tx, site, said);
  const known = await findHouseholdOf(tx, site.engine.ring, head);
  const kept = known?.headId === head.id;
  const home = kept
    ? await replaceMembers(tx, site.engine.ring, known, drafts, site.day)
    : await createHousehold(tx, site.engine.ring, {
        id: derivedId<"household">("household", site.case.id),
        head,
        members: drafts,
        day: site.day,
      });
  if (isRefusal(home)) return home;
  const former = await householdsElsewhere(tx, home);
  const headHash = self?.identity ? identityHash(site.engine.ring, self.identity) : head.idHash;
  const underOthers = headHash ? await householdsUnderOthers(tx, { headId: head.id, headHash }, hashes) : [];
  const orphaned = !kept && known && (await isOrphaned(tx, known, hashes)) ? [known] : [];
  await countTogether(tx, home, [...former, ...underOthers, ...orphaned]);
  return { subjectId: home.id };
};

/** Whether a household’s head has died, and nobody is among these who did not belong to it. */
async function isOrphaned(
  tx: Tx,
  { headId, members }: Household,
  hashes: readonly Buffer[],
): Promise<boolean> {
  if (!hashes.every((hash) => members.some((one) => one.idHash?.equals(hash)))) return false;
  return (await getPerson(tx, headId)).memberStatus === "DECEASED";
}

/** What a family used of a year's caps where it lived before, or under another head, counts here, and the other way round. */
async function countTogether(
  tx: Tx,
  home: { readonly id: string; readonly district: string },
  others: readonly { readonly id: string; readonly district: string }[],
): Promise<void> {
  for (const one of others)
    await linkCaps(
      tx,
      { district: one.district, beneficiary: one.id },
      { district: home.district, beneficiary: home.id },
    );
}

/** The phone, address and card given here fill the next form; an empty record takes them, a full one keeps its own. */
async function rememberReach(tx: Parameters<EffectHandler<unknown>>[0], site: EffectSite, said: Statement) {
  const person = await getPerson(tx, site.case.applicant.id as Id<"person">, site.applicantDistrict);
  const held = unsealPerson(site.engine.ring, person);
  const fresh = {
    ...(!held.phone && said.phone && { phone: said.phone }),
    ...(said.address && { address: said.address }),
    ...(said.bankCard && { bankCard: said.bankCard, bankName: said.bankName, bankBranch: said.bankBranch }),
  };
  const known = Object.fromEntries(Object.entries(fresh).filter(([, value]) => value !== undefined));
  if (Object.keys(known).length > 0) await editSealed(tx, site.engine.ring, person, known);
}

function identityOf(number: string | undefined, site: EffectSite): Identity | undefined {
  const read = parseIdentity(number, { today: site.day, fictitious: site.engine.fictitious });
  return isRefusal(read) ? undefined : read;
}

const file: EffectHandlers["hardship.file"] = async (tx, effect, site) => {
  const state = site.case;
  const facts = factsOf(state);
  const said = given(asks, state.answers) as Statement;
  const { day } = site;
  const before = await fileOfCase(tx, state.district, state.id);
  if (before) return { facts: { fileNo: before.file_no } };
  const head = await getPerson(tx, state.applicant.id as Id<"person">, site.applicantDistrict);
  const home = await findHouseholdOf(tx, site.engine.ring, head);
  if (!home) throw new Error(`case ${state.id} is filed without a household`);
  const serial = await nextFileSerial(tx, state.district, yearOf(day));
  const fileNo = `${state.district}${yearOf(day)}${String(serial).padStart(5, "0")}`;
  const liaison = effect.liaison
    ? await tx.selectFrom("person").where("id", "=", effect.liaison).select("name").executeTakeFirst()
    : undefined;
  const previous = state.links.previous
    ? await fileOfCase(tx, state.district, state.links.previous)
    : undefined;
  await insertFile(tx, {
    district: state.district,
    id: derivedId<"hardship-file">("file", state.id),
    file_no: fileNo,
    case_id: state.id,
    household_id: home.id,
    head_id: state.applicant.id,
    head_name: state.applicant.name,
    unit_id: state.unit.id,
    path: state.unit.path,
    category: facts.category ?? "relative",
    tier: facts.tier ?? "national",
    main_cause: said.mainCause ?? "other",
    member_count: said.members?.length ?? 1,
    filed_on: day,
    valid_to: facts.validTo ?? day,
    next_visit_on: facts.nextVisitOn ?? null,
    liaison_id: effect.liaison,
    liaison_name: liaison?.name ?? null,
    previous_file_id: previous?.id ?? facts.carried?.fileId ?? null,
  });
  return { facts: { fileNo }, subjectId: home.id };
};

const stateOf: EffectHandlers["hardship.state"] = async (tx, effect, site) => {
  const facts = factsOf(site.case);
  const said = given(asks, site.case.answers) as Statement;
  const leaving = ["exited", "cancelled", "closed"].includes(effect.state);
  await updateFile(
    tx,
    { district: site.case.district, caseId: site.case.id },
    {
      state: effect.state,
      ...(effect.category && { category: effect.category }),
      ...(effect.validTo && { valid_to: effect.validTo }),
      ...(effect.refreshed && { main_cause: said.mainCause, member_count: said.members?.length }),
      ...(leaving && facts.exitReason !== undefined && { exit_reason: facts.exitReason }),
      ...(effect.state === "exited" && { exited_on: site.day }),
    },
  );
};

const move: EffectHandlers["hardship.move"] = async (tx, { to, liaison }, site) => {
  const { district, id } = site.case;
  const row = await fileOfCase(tx, district, id);
  if (!row) throw new Error(`case ${id} is handed over without a file`);
  const named = liaison
    ? await tx.selectFrom("person").where("id", "=", liaison).select("name").executeTakeFirst()
    : undefined;
  await moveFile(tx, { district, caseId: id }, to, { id: liaison, name: named?.name ?? null });
  await moveHousehold(tx, { district, id: row.household_id }, to);
};

/** What the hardship file's effects do. */
export const hardshipEffects: Pick<
  EffectHandlers,
  | "hardship.household"
  | "hardship.file"
  | "hardship.visited"
  | "hardship.move"
  | "hardship.rehome"
  | "hardship.state"
  | "hardship.release"
> = {
  "hardship.household": household,
  "hardship.file": file,
  "hardship.move": move,
  "hardship.rehome": rehome,
  "hardship.visited": async (tx, { nextVisitOn }, site) => {
    const { district, id } = site.case;
    await setNextVisit(tx, { district, caseId: id }, nextVisitOn);
  },
  "hardship.state": stateOf,
  "hardship.release": async (tx, _effect, site) => releaseIdentities(tx, site.case.id),
};

/** Facts the hardship file and the aid that follows it are decided on. */
export const hardshipKnown: Pick<KnownLoaders, "registerMatches" | "activeFile"> = {
  registerMatches: async (tx, site) => {
    const said = given(asks, site.answers) as Statement;
    const byHash = new Map<string, string>();
    for (const one of said.members ?? []) {
      const read = parseIdentity(one.idNumber, { today: site.today, fictitious: site.engine.fictitious });
      if (!isRefusal(read))
        byHash.set(identityHash(site.engine.ring, read).toString("hex"), one.relation ?? "other");
    }
    const rows = await registerFacts(
      tx,
      [...byHash.keys()].map((hash) => Buffer.from(hash, "hex")),
    );
    return rows.map((row) => ({
      relation: byHash.get(row.id_hash.toString("hex")) ?? "other",
      register: row.register,
      kind: row.kind,
      asOf: row.as_of,
      facts: row.facts as Readonly<Record<string, unknown>>,
    }));
  },
  activeFile: async (tx, site) => activeFileOf(tx, site),
};

async function activeFileOf(
  tx: Parameters<KnownLoaders["activeFile"]>[0],
  site: KnownSite,
): Promise<ActiveFile | null> {
  const row = await openFileOfHead(tx, site.district, site.applicant.id);
  if (!row || row.valid_to < site.today) return null;
  return {
    members: await householdNames(tx, { district: row.district, id: row.household_id }),
    id: row.id,
    fileNo: row.file_no,
    caseId: row.case_id,
    householdId: row.household_id,
    category: row.category,
    tier: row.tier as ActiveFile["tier"],
    mainCause: row.main_cause,
    memberCount: row.member_count,
    validTo: row.valid_to,
  };
}
