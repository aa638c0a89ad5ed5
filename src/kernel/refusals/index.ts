import { documentsRefusals } from "./documents.ts";
import { httpRefusals } from "./http.ts";
import { kernelRefusals } from "./kernel.ts";
import { ledgerRefusals } from "./ledger.ts";
import { messagesRefusals } from "./messages.ts";
import { peopleRefusals } from "./people.ts";
import { proceduresRefusals } from "./procedures.ts";
import { servicesRefusals } from "./services.ts";
import { statisticsRefusals } from "./statistics.ts";
import type { RefusalRow } from "./table.ts";
import { unitsRefusals } from "./units.ts";

/** The tables apart, so that a test can see that no code is in two of them. */
export const refusalTables = {
  kernel: kernelRefusals,
  http: httpRefusals,
  units: unitsRefusals,
  people: peopleRefusals,
  messages: messagesRefusals,
  documents: documentsRefusals,
  ledger: ledgerRefusals,
  procedures: proceduresRefusals,
  services: servicesRefusals,
  statistics: statisticsRefusals,
} as const;

const all = {
  ...kernelRefusals,
  ...httpRefusals,
  ...unitsRefusals,
  ...peopleRefusals,
  ...messagesRefusals,
  ...documentsRefusals,
  ...ledgerRefusals,
  ...proceduresRefusals,
  ...servicesRefusals,
  ...statisticsRefusals,
};

/** Every stable code with which this program refuses. */
export type RefusalCode = keyof typeof all;

/** Every refusal's row by its code. */
export const refusalRows: Readonly<Record<RefusalCode, RefusalRow>> = all;
