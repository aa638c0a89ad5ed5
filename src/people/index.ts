/** Persons, households, memberships and rosters, as other folders may use them. Sign-in has its own index. */

export { changesIn } from "./changes.ts";
export { entriesOf, type MemberTelling } from "./confirmation-store.ts";
export {
  createHousehold,
  findHouseholdOf,
  type Household,
  householdNames,
  householdsElsewhere,
  householdsUnderOthers,
  moveHousehold,
  replaceMembers,
} from "./household.ts";
export { lookPurpose, lookSeen } from "./looks.ts";
export { type MembershipStatus, reasonTitles } from "./membership.ts";
export {
  countingMembership,
  type Membership,
  membershipsOf,
  openMembership,
  writeMembership,
} from "./membership-store.ts";
export type { Person } from "./person.ts";
export {
  identityHash,
  type PersonSealed,
  unsealPerson,
} from "./sealed.ts";
export {
  createPerson,
  editPerson,
  editSealed,
  findByIdentity,
  findPerson,
  getPerson,
  giveIdentity,
} from "./store.ts";
export { claimReason, homePerson, requestTransfer } from "./transfer.ts";
export { transfersWaiting } from "./transfer-lists.ts";
export { type TransferTelling, tellTurn } from "./transfer-turn.ts";
