import { handlers as documentHandlers } from "../documents/routes.ts";
import type { Handled } from "../kernel/route.ts";
import { handlers as ledgerHandlers } from "../ledger/routes.ts";
import { handlers as messageHandlers } from "../messages/routes.ts";
import { handlers as peopleHandlers } from "../people/routes.ts";
import { handlers as signInHandlers } from "../people/sign-in/routes.ts";
import { handlers as noticeHandlers } from "../procedures/notice-routes.ts";
import { handlers as roundHandlers } from "../procedures/round-routes.ts";
import { handlers as procedureHandlers } from "../procedures/routes.ts";
import { handlers as printHandlers } from "../services/case-print.ts";
import { handlers as serviceHandlers } from "../services/routes.ts";
import { handlers as auditHandlers } from "../statistics/audit-routes.ts";
import { handlers as statisticsHandlers } from "../statistics/routes.ts";
import { handlers as unitHandlers } from "../units/routes.ts";
import { handlers as publicHandlers } from "./public.ts";
import { handlers as sessionHandlers } from "./session.ts";
import { handlers as trialHandlers } from "./trial.ts";

/** Every route of the program, in the order in which the API's pages show them. A module adds one line. */
export const allHandlers: readonly Handled[] = [
  ...sessionHandlers,
  ...signInHandlers,
  ...unitHandlers,
  ...peopleHandlers,
  ...messageHandlers,
  ...documentHandlers,
  ...ledgerHandlers,
  ...procedureHandlers,
  ...noticeHandlers,
  ...roundHandlers,
  ...serviceHandlers,
  ...statisticsHandlers,
  ...auditHandlers,
  ...printHandlers,
  ...publicHandlers,
  ...trialHandlers,
];
