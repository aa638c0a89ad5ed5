/** The database, as other folders may use it. */
export type { Clock } from "./clock.ts";
export { copyIn, copyOut, copyRow } from "./copy.ts";
export { DatabaseFull, DatabaseUnavailable, unlessAway, violatedConstraint } from "./errors.ts";
export { type Copy, loadEmpty } from "./load-empty.ts";
export { once } from "./once.ts";
export {
  behindWall,
  type Db,
  json,
  notify,
  onShards,
  openDatabase,
  savepoint,
  underOnePlan,
} from "./pool.ts";
export { noReplica, type Replica } from "./replica.ts";
export type { Tx } from "./session.ts";
export { everything, nobody, type Viewer } from "./viewer.ts";
