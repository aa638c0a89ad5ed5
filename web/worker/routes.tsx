import { lazy, type ReactNode, Suspense } from "react";
import { useLang, words } from "../shared/lang.tsx";
import { useLive, useMe } from "../shared/query.tsx";
import { Routes, type Table, useWhere } from "../shared/router.tsx";
import { ButtonLink, Empty, Failed, Skeleton } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { Home } from "./home.tsx";
import { to } from "./to.ts";

/** The site map of the worker's face. The first screen comes at once, every other when it is asked for. */

const SignIn = lazy(() => import("./sign-in.tsx"));
const Services = lazy(() => import("./services.tsx"));
const ServiceStart = lazy(() => import("./service-start.tsx"));
const Apply = lazy(() => import("./apply.tsx"));
const ApplyCheck = lazy(() => import("./apply-check.tsx"));
const Received = lazy(() => import("./received.tsx"));
const Rounds = lazy(() => import("./rounds.tsx"));
const Cases = lazy(() => import("./cases.tsx"));
const Case = lazy(() => import("./case.tsx"));
const CaseAct = lazy(() => import("./case-act.tsx"));
const Notices = lazy(() => import("./notices.tsx"));
const Notice = lazy(() => import("./notice.tsx"));
const ObjectionRaise = lazy(() => import("./objection-raise.tsx"));
const ObjectionAnswer = lazy(() => import("./objection-answer.tsx"));
const Messages = lazy(() => import("./messages.tsx"));
const Mine = lazy(() => import("./mine.tsx"));
const Card = lazy(() => import("./card.tsx"));
const Union = lazy(() => import("./union.tsx"));
const Household = lazy(() => import("./household.tsx"));
const LookedAt = lazy(() => import("./looked-at.tsx"));
const Settings = lazy(() => import("./settings.tsx"));

const table: Table = [
  { at: "/w", show: <Home /> },
  { at: "/w/services", show: <Services /> },
  { at: "/w/services/:service", show: <ServiceStart /> },
  { at: "/w/apply/:service", show: <Apply /> },
  { at: "/w/apply/:service/check", show: <ApplyCheck /> },
  { at: "/w/apply/:service/:question", show: <Apply /> },
  { at: "/w/rounds", show: <Rounds /> },
  { at: "/w/cases", show: <Cases /> },
  { at: "/w/cases/:id", show: <Case /> },
  { at: "/w/cases/:id/received", show: <Received /> },
  { at: "/w/cases/:id/do/:action", show: <CaseAct /> },
  { at: "/w/notices", show: <Notices /> },
  { at: "/w/notices/:id", show: <Notice /> },
  { at: "/w/notices/:id/object", show: <ObjectionRaise /> },
  { at: "/w/objection", show: <ObjectionAnswer /> },
  { at: "/w/messages", show: <Messages /> },
  { at: "/w/mine", show: <Mine /> },
  { at: "/w/mine/card", show: <Card /> },
  { at: "/w/mine/union", show: <Union /> },
  { at: "/w/mine/household", show: <Household /> },
  { at: "/w/mine/looked-at", show: <LookedAt /> },
  { at: "/w/mine/settings", show: <Settings /> },
];

const w = words({
  lost: { zh: "没有这个页面", en: "There is no such page" },
  lostWhy: {
    zh: "地址可能写错了，或者内容已经不在。",
    en: "The address may be mistyped, or what it showed is gone.",
  },
  home: { zh: "回首页", en: "Go to the start" },
});

/** Everything behind signing in; the sign-in page for everybody else. */
export function Worker(): ReactNode {
  const me = useMe();
  const { path } = useWhere();
  useLive(Boolean(me.data));
  if (path === to.signIn || me.data === null) {
    return (
      <Suspense fallback={<Waiting />}>
        <SignIn />
      </Suspense>
    );
  }
  if (me.error && !me.data) {
    return (
      <Screen title="" bare>
        <Failed error={me.error} retry={() => void me.refetch()} />
      </Screen>
    );
  }
  if (!me.data) return <Waiting />;
  return (
    <Suspense fallback={<Waiting />}>
      <Routes table={table} otherwise={<Lost />} />
    </Suspense>
  );
}

function Waiting(): ReactNode {
  return (
    <Screen title="" bare>
      <Skeleton lines={8} />
    </Screen>
  );
}

function Lost(): ReactNode {
  const { t } = useLang();
  return (
    <Screen title={t(w.lost)} back={to.home}>
      <Empty icon="search">
        <p>{t(w.lostWhy)}</p>
        <ButtonLink to={to.home} kind="primary">
          {t(w.home)}
        </ButtonLink>
      </Empty>
    </Screen>
  );
}
