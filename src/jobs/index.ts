/** Work done later, in the same database as the facts it follows from. */
export { beginDays, type DailyHandler, type DayHold, MISSED_MOST } from "./days.ts";
export {
  enqueue,
  type FrequentHandler,
  type JobContext,
  type JobHandlers,
  /** Where modules declare their jobs.
   * @public */
  type Jobs,
  listFailedJobs,
  retryFailedJobs,
} from "./jobs.ts";
export { migrateJobs } from "./migrate.ts";
export { type QueueState, queueState } from "./store.ts";
export { createJobRunner, type JobRunner } from "./worker.ts";
