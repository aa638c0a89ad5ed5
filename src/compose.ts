import { setTimeout as pause } from "node:timers/promises";
import { daily as paperDaily, frequent as paperFrequent } from "./documents/papers/jobs.ts";
import { createContext } from "./http/context.ts";
import type { Installation } from "./installation.ts";
import {
  createJobRunner,
  type DailyHandler,
  type FrequentHandler,
  type JobHandlers,
  type JobRunner,
  queueState,
} from "./jobs/index.ts";
import { isRefusal } from "./kernel/refusal.ts";
import type { AppContext } from "./kernel/route.ts";
import type { Text } from "./kernel/words.ts";
import { holdsMoney } from "./ledger/index.ts";
import { daily as ledgerDaily } from "./ledger/jobs.ts";
import { publish, tell } from "./messages/index.ts";
import { daily as messageDaily, jobs as messageJobs } from "./messages/jobs.ts";
import { daily as peopleDaily, jobs as peopleJobs } from "./people/jobs.ts";
import { daily as signInDaily } from "./people/sign-in/jobs.ts";
import { personOf } from "./people/store.ts";
import {
  awaitsDecision,
  casesOfPerson,
  countOverdue,
  type Engine,
  maySeePaper,
  openCalendar,
} from "./procedures/index.ts";
import { daily as procedureDaily } from "./procedures/jobs.ts";
import { presentLine } from "./procedures/present.ts";
import { frequent as roundFrequent } from "./procedures/rounds-follow.ts";
import { daily as rollupDaily, frequent as rollupFrequent } from "./rollups/jobs.ts";
import { daily as hardshipDaily } from "./services/care/hardship/jobs.ts";
import {
  catalogue,
  grantHook,
  importKinds,
  memberTelling,
  rehomeHook,
  tellClaimed,
  transferTelling,
} from "./services/index.ts";
import { registerCloseGuard, scopeOf } from "./units/index.ts";
import { daily as unitDaily } from "./units/jobs.ts";

/** Every module's job handlers. */
const handlers: readonly JobHandlers[] = [messageJobs, peopleJobs];
/** Every module's work of the day. */
export const daily: readonly DailyHandler[] = [
  ...unitDaily,
  ...procedureDaily,
  ...ledgerDaily,
  ...paperDaily,
  ...signInDaily,
  ...peopleDaily,
  ...hardshipDaily,
  ...rollupDaily,
  ...messageDaily,
];
/** Every module's work of every few seconds. */
const frequent: readonly FrequentHandler[] = [...rollupFrequent, ...roundFrequent, ...paperFrequent];

registerCloseGuard(holdsMoney);
registerCloseGuard(awaitsDecision);

/** Puts the modules together over an open installation. `close` before the installation's. */
export async function composeContext(
  installation: Installation,
  web: { origin: string; webRoot: string | null },
): Promise<{ context: AppContext; jobs: JobRunner; close: () => Promise<void> }> {
  const { config, db, clock, ring, shelf, log, metrics } = installation;
  const calendar = await openCalendar(db, clock, (error) =>
    log.warn({ err: error }, "the calendar was not read again"),
  );
  const engine: Engine = {
    db,
    clock,
    ring,
    shelf,
    fictitious: clock.isTrial,
    catalogue,
    calendar: calendar.current,
  };
  metrics.showQueue(() => db.systemRead(queueState));
  // It is asked of every district, so not by each of many that answer the web.
  if (config.roles.has("worker"))
    metrics.showOverdue(() => db.systemRead((tx) => countOverdue(tx, clock.today())));
  const jobs = createJobRunner({
    handlers,
    daily,
    frequent,
    context: () => context,
    connection: installation.direct,
    alone: installation.alone,
    ran: metrics.worked,
    around: installation.traces?.work,
    failed: (job, id, attempt, error) => log.warn({ job, id, attempt, err: error }, "a job failed"),
    held: (hold) => log.error(hold, "no day is begun: see zhijia doctor"),
  });
  const context: AppContext = createContext({
    db,
    replica: installation.replica,
    clock,
    ring,
    shelf,
    shelves: config.papers === "s3",
    log,
    engine,
    maySeePaper,
    importKinds,
    onGrantState: grantHook(() => engine),
    onClaimed: tellClaimed,
    memberTelling,
    transferTelling,
    onRehomed: rehomeHook(() => engine),
    calendar: engine.calendar,
    hasRoom: installation.hasRoom,
    drainJobs: jobs.drain,
    async casesOfPerson(session, person, today) {
      if (isRefusal(scopeOf(session.actor, "case.read", today))) return [];
      const rows = await db.read(session.viewer, (tx) => casesOfPerson(tx, person, 50));
      return rows.map((row) => presentLine(engine.catalogue, row, today, engine.calendar()));
    },
    async onImportEnd({ clock }, { id, byPerson, fileName, state, ...counts }) {
      if (byPerson === null) return;
      const { read, loaded, updated, unchanged, duplicates, rejected } = counts;
      await db.system(async (tx) => {
        const person = await personOf(tx, byPerson);
        if (person === null) return;
        publish(tx, { event: "import", to: { people: [byPerson] }, data: { id, state } });
        const common = {
          to: [{ person: byPerson, district: person.district }],
          now: clock.now(),
          link: `/o/imports/${id}`,
        };
        if (state === "failed")
          await tell(tx, { ...common, template: "roster.failed", params: { file: fileName } });
        else {
          const params = { file: fileName, read, loaded, updated: updated + unchanged, duplicates, rejected };
          await tell(tx, { ...common, template: "roster.done", params });
        }
      });
    },
    config: {
      origin: web.origin,
      webRoot: web.webRoot,
      fictitious: clock.isTrial,
      trustProxy: config.trustProxy,
      smtp: config.smtp,
      sms: config.sms,
      oidc: config.oidc,
    },
  });
  return { context, jobs, close: calendar.close };
}

/** Founds the fictitious federation on an empty database. */
export async function found({ db, ring, clock }: Installation, say?: (line: Text) => void): Promise<void> {
  const founded = await db.systemRead((tx) => tx.selectFrom("installation").select("id").executeTakeFirst());
  if (founded !== undefined) return;
  say?.({ zh: "正在建立虚构的演示工会", en: "founding the fictitious federation" });
  const { foundFederation } = await import("./demo/found.ts");
  await db.system((tx) => foundFederation(tx, ring, clock.now()));
  await clock.refresh();
}

/** Waits until the process this one has joined has founded the fictitious federation. */
export async function founded({ db, clock }: Installation): Promise<void> {
  const isFounded = () =>
    db.systemRead((tx) => tx.selectFrom("installation").select("id").executeTakeFirst());
  while ((await isFounded()) === undefined) await pause(200);
  await clock.refresh();
}

/** Whether the fictitious federation is the one that a first start founds, and not a generated one. */
export async function holdsCast({ db }: Installation): Promise<boolean> {
  const { foundedUnits } = await import("./demo/federation.ts");
  const top = await db.systemRead((tx) =>
    tx.selectFrom("unit").where("parent_id", "is", null).select("name").executeTakeFirst(),
  );
  return top?.name === foundedUnits[0]?.name;
}
