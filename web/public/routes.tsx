import { lazy, type ReactNode, Suspense } from "react";
import { useLang, words } from "../shared/lang.tsx";
import { Routes, type Table } from "../shared/router.tsx";
import { ButtonLink, Empty, Skeleton } from "../shared/ui.tsx";
import { Page } from "./frame.tsx";
import { Home } from "./home.tsx";
import { to } from "./to.ts";

/** The site map of the public pages. */

const Notices = lazy(() => import("./notices.tsx"));
const Notice = lazy(() => import("./notice.tsx"));
const ObjectionRaise = lazy(() => import("./objection-raise.tsx"));
const ObjectionAnswer = lazy(() => import("./objection-answer.tsx"));
const Verify = lazy(() => import("./verify.tsx"));
const Unions = lazy(() => import("./unions.tsx"));
const Union = lazy(() => import("./union.tsx"));

const table: Table = [
  { at: "/", show: <Home /> },
  { at: "/p", show: <Home /> },
  { at: "/p/notices", show: <Notices /> },
  { at: "/p/notices/:id", show: <Notice /> },
  { at: "/p/notices/:id/object", show: <ObjectionRaise /> },
  { at: "/p/objections", show: <ObjectionAnswer /> },
  { at: "/p/verify", show: <Verify /> },
  { at: "/p/verify/:code", show: <Verify /> },
  { at: "/p/unions", show: <Unions /> },
  { at: "/p/unions/:id", show: <Union /> },
];

const w = words({
  lost: { zh: "没有这个页面", en: "There is no such page" },
  why: {
    zh: "地址可能写错了；公示到期后也会自动撤下。",
    en: "The address may be mistyped; notices are also taken down when they end.",
  },
  home: { zh: "回首页", en: "Go to the start" },
});

/** Everything anybody may read without signing in. */
export function Public(): ReactNode {
  return (
    <Suspense
      fallback={
        <Page title="">
          <Skeleton lines={8} />
        </Page>
      }
    >
      <Routes table={table} otherwise={<Lost />} />
    </Suspense>
  );
}

function Lost(): ReactNode {
  const { t } = useLang();
  return (
    <Page title={t(w.lost)}>
      <Empty icon="search">
        <p>{t(w.why)}</p>
        <ButtonLink to={to.home} kind="primary">
          {t(w.home)}
        </ButtonLink>
      </Empty>
    </Page>
  );
}
