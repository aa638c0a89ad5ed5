/** Persons, households, memberships and rosters, as other folders may use them. Sign-in has its own index. */

export { type CardFacts, cardOf, cardPrefix, verifyCard, verifyCardNow } from "./card.ts";
export {
  type CodeList,
  codeOf,
  educations,
  employmentGroups,
  employmentStatuses,
  employmentTypes,
  ethnicities,
  optionsOf,
  politicalStatuses,
  skillLevels,
  wordsOf,
} from "./codes.ts";
export { duplicatePairs, mergePersons, undoMerge } from "./duplicates.ts";
export {
  createHousehold,
  findHouseholdOf,
  getHousehold,
  type Household,
  type HouseholdMember,
  type MemberDraft,
  relationTitles,
  replaceMembers,
} from "./household.ts";
export {
  type Look,
  type Looker,
  logLook,
  lookSentence,
  looksAt,
  parsePurpose,
  type Revealable,
  reveal,
  revealable,
} from "./looks.ts";
export {
  closingOf,
  counts,
  decideMembership,
  has,
  isCountedMember,
  type MemberRight,
  type MembershipAction,
  type MembershipActionName,
  type MembershipActor,
  type MembershipChange,
  type MembershipStatus,
  membershipStatuses,
  type PeriodChange,
  type RelationFacts,
  reasonTitles,
  type StatusReason,
  statusTitles,
  transitions,
} from "./membership.ts";
export {
  type ChangedBy,
  countingMembership,
  getMembership,
  type Membership,
  type MembershipEvent,
  membershipEvents,
  membershipsOf,
  nextMemberNo,
  openMembership,
  writeMembership,
  wrongCounters,
} from "./membership-store.ts";
export { type Home, type Person, type PersonDraft, type PersonFacts, stillWanted } from "./person.ts";
export { type NameSounds, pinyinOf } from "./pinyin.ts";
export {
  loadRoster,
  type RosterHost,
  type RosterJob,
  type RosterProgress,
  type RosterResult,
} from "./roster/load.ts";
export {
  identityHash,
  type MemberSealed,
  type PersonSealed,
  phoneHash,
  sealMember,
  sealPerson,
  unsealMember,
  unsealPerson,
} from "./sealed.ts";
export {
  countMembers,
  type MemberFilter,
  type MemberLine,
  type MemberQuery,
  readQuery,
  searchMembers,
} from "./search.ts";
export {
  createPerson,
  editPerson,
  editSealed,
  findByIdentity,
  findByPhone,
  findPerson,
  getPerson,
  giveIdentity,
  personOf,
} from "./store.ts";
export {
  acceptTransfer,
  decideTransfer,
  listTransfers,
  refuseTransfer,
  releaseTransfer,
  requestTransfer,
  type Transfer,
  type TransferStatus,
  transferOf,
  transferTitles,
} from "./transfer.ts";
