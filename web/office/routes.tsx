import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent as later,
  redirect,
} from "@tanstack/react-router";
import { Broken } from "./frame/broken.tsx";
import { Frame } from "./frame/frame.tsx";
import { NotFound } from "./frame/not-found.tsx";
import { Inbox } from "./inbox.tsx";
import { readView, type View, writeView } from "./parts/view.ts";

/** The site map of the desk. Every page but the first is loaded when it is opened. */

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  validateSearch: (search): View => search as View,
});

type Component = Parameters<typeof createRoute>[0] extends infer _ ? ReturnType<typeof later> : never;

function page<const Path extends string>(path: Path, component: Component | typeof Inbox) {
  return createRoute({ getParentRoute: () => root, path, component });
}

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox" });
  },
});

const routeTree = root.addChildren([
  home,
  page("/inbox", Inbox),
  page(
    "/cases",
    later(() => import("./cases/list.tsx"), "CaseList"),
  ),
  page(
    "/cases/$id",
    later(() => import("./cases/page.tsx"), "CasePage"),
  ),
  page(
    "/files",
    later(() => import("./cases/files.tsx"), "FileList"),
  ),
  page(
    "/start",
    later(() => import("./cases/start.tsx"), "StartList"),
  ),
  page(
    "/start/$service",
    later(() => import("./cases/start.tsx"), "StartPage"),
  ),
  page(
    "/rounds",
    later(() => import("./rounds/rounds.tsx"), "Rounds"),
  ),
  page(
    "/eligible",
    later(() => import("./eligible/eligible.tsx"), "Eligible"),
  ),
  page(
    "/members",
    later(() => import("./members/list.tsx"), "MemberList"),
  ),
  page(
    "/members/duplicates",
    later(() => import("./members/duplicates.tsx"), "Duplicates"),
  ),
  page(
    "/members/$id",
    later(() => import("./members/page.tsx"), "MemberPage"),
  ),
  page(
    "/transfers",
    later(() => import("./transfers/list.tsx"), "TransferList"),
  ),
  page(
    "/transfers/$id",
    later(() => import("./transfers/view.tsx"), "TransferPage"),
  ),
  page(
    "/imports",
    later(() => import("./members/imports.tsx"), "ImportList"),
  ),
  page(
    "/imports/new",
    later(() => import("./members/import-new.tsx"), "ImportNew"),
  ),
  page(
    "/imports/$id",
    later(() => import("./members/import-page.tsx"), "ImportPage"),
  ),
  page(
    "/units",
    later(() => import("./units/tree.tsx"), "UnitsPage"),
  ),
  page(
    "/units/$id",
    later(() => import("./units/tree.tsx"), "UnitsPage"),
  ),
  page(
    "/unions",
    later(() => import("./units/list.tsx"), "UnitList"),
  ),
  page(
    "/money",
    later(() => import("./money/funds.tsx"), "Funds"),
  ),
  page(
    "/money/funds/$id",
    later(() => import("./money/statement.tsx"), "FundStatement"),
  ),
  page(
    "/money/households/$id",
    later(() => import("./money/statement.tsx"), "HouseholdStatement"),
  ),
  page(
    "/money/units/$id",
    later(() => import("./money/statement.tsx"), "UnitStatement"),
  ),
  page(
    "/money/grants",
    later(() => import("./money/grants.tsx"), "Grants"),
  ),
  page(
    "/money/batches",
    later(() => import("./money/batches.tsx"), "Batches"),
  ),
  page(
    "/money/batches/$id",
    later(() => import("./money/batch.tsx"), "BatchPage"),
  ),
  page(
    "/money/vouchers",
    later(() => import("./money/vouchers.tsx"), "Vouchers"),
  ),
  page(
    "/money/vouchers/$id",
    later(() => import("./money/voucher.tsx"), "VoucherPage"),
  ),
  page(
    "/notices",
    later(() => import("./open/notices.tsx"), "Notices"),
  ),
  page(
    "/policies",
    later(() => import("./open/policies.tsx"), "Policies"),
  ),
  page(
    "/figures",
    later(() => import("./figures/overview.tsx"), "Figures"),
  ),
  page(
    "/figures/member-change",
    later(() => import("./figures/change.tsx"), "MemberChange"),
  ),
  page(
    "/figures/$measure",
    later(() => import("./figures/measure.tsx"), "MeasurePage"),
  ),
  page(
    "/audit",
    later(() => import("./open/audit.tsx"), "Audit"),
  ),
  page(
    "/account",
    later(() => import("./frame/account.tsx"), "Account"),
  ),
]);

export const router = createRouter({
  routeTree,
  basepath: "/o",
  defaultErrorComponent: Broken,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  parseSearch: readView,
  stringifySearch: writeView,
  scrollRestoration: true,
  defaultPendingMs: 300,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
