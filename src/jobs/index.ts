/** Work done later, in the same database as the facts it follows from. */
export {
  type DailyHandler,
  type EnqueueOptions,
  enqueue,
  type FailedJob,
  type JobContext,
  type JobHandlers,
  type JobName,
  type Jobs,
  listFailedJobs,
  retryFailedJobs,
} from "./jobs.ts";
export { migrateJobs } from "./migrate.ts";
export { createJobRunner, type JobRunner, type JobRunnerOptions } from "./worker.ts";
