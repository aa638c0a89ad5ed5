/** The tree of unions, posts, scope and policy, as other folders may use them. */
export { loadActor } from "./actor.ts";

export { registerCloseGuard } from "./change.ts";

export { districtsUnder } from "./districts.ts";

export { createUnit } from "./found.ts";
export { runUnitImport } from "./import-store.ts";
export {
  isUnionLevel,
  type UnionLevel,
} from "./levels.ts";

export { pinned } from "./policy.ts";
export {
  pinsFor,
  resolveEach,
  resolvePolicy,
  setPolicy,
} from "./policy-store.ts";
export {
  foundPost,
  type Holder,
  holdersOf,
  inPost,
} from "./posts.ts";
export {
  isRole,
  type Power,
  type Role,
  rolesWith,
  roleTitles,
  satisfies,
} from "./powers.ts";
export {
  type Actor,
  covers,
  insideRoots,
  insideScope,
  isHeld,
  may,
  narrow,
  type Scope,
  scopeOf,
  scopeOfAny,
  systemScope,
} from "./scope.ts";
export { isClosed } from "./status.ts";
export {
  addMembers,
  findUnit,
  findUnitByCode,
  foundInstallation,
  getUnit,
  unitAt,
  unitById,
} from "./store.ts";
export type { Unit } from "./unit.ts";
export { verifyTree } from "./verify.ts";
