/** The tree of unions, posts, scope and policy, as other folders may use them. */
export { loadActor } from "./actor.ts";
export { type CaseLevel, type Chain, type ChainRow, type ChainUnit, chainOf, chainOfLine } from "./chain.ts";
export {
  type CloseGuard,
  changeUnitStatus,
  editUnit,
  moveUnit,
  registerCloseGuard,
  type UnitChanges,
} from "./change.ts";
export { committeePolicies, committeesDue, type Due, type Heads, seatsFor } from "./committees.ts";
export type { UnitDetails } from "./details.ts";
export { type Employer, sizeClass, unitNatures, zEmployer } from "./employer.ts";
export { createUnit, type UnitDraft, type UnitProfile } from "./found.ts";
export {
  type ImportProblem,
  importUnits,
  type RowSource,
  runUnitImport,
  type UnitImportReport,
} from "./import-store.ts";
export {
  committeeKinds,
  isUnionLevel,
  levels,
  levelTitle,
  type UnionLevel,
  type UnitStatus,
  unionLevels,
  unitStatuses,
} from "./levels.ts";
export { type Spelling, spell } from "./names.ts";
export {
  type AnyPolicy,
  defaultPins,
  definePolicy,
  type Pin,
  type Pins,
  type Policy,
  type PolicyRow,
  type PolicySource,
  type PolicyValue,
  pinned,
  policies,
  policyOf,
  policyType,
} from "./policy.ts";
export {
  pinsFor,
  type Resolved,
  resolvePolicy,
  setPolicy,
} from "./policy-store.ts";
export {
  createPost,
  endPost,
  foundPost,
  type Holder,
  holdersOf,
  type Post,
  type PostDraft,
  postsOfUnit,
} from "./posts.ts";
export {
  isPower,
  isRole,
  type Power,
  powersOf,
  powerTitles,
  type Role,
  rolesWith,
  roleTitles,
  satisfies,
} from "./powers.ts";
export { fullRegionName, type RegionInfo, regionName, regionOf, regionsUnder } from "./regions.ts";
export {
  type Actor,
  covers,
  type HeldPost,
  inPlace,
  insideRoots,
  insideScope,
  isHeld,
  may,
  mergePlaces,
  narrow,
  powersHeld,
  type Scope,
  scopeOf,
  scopeOfAny,
  systemScope,
  viewerOf,
  within,
} from "./scope.ts";
export { type Have, sixHaves, sixHavesPolicies } from "./six-haves.ts";
export {
  addMembers,
  ancestorsOfUnit,
  findUnit,
  findUnitByCode,
  foundInstallation,
  getUnit,
  isFictitiousInstallation,
  listUnits,
  type UnitFilter,
  type UnitLine,
  unitById,
} from "./store.ts";
export type { By, Unit, UnitEvent } from "./unit.ts";
export { type TreeFinding, verifyTree } from "./verify.ts";
