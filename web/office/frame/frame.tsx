import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { whenSignedOut } from "../../shared/api.ts";
import { Icon, type IconName } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useLive, useMe } from "../../shared/query.tsx";
import type { Me } from "../../shared/types.ts";
import { Failed } from "../../shared/ui.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { can, MeProvider } from "../parts/me.tsx";
import { Sayings } from "../parts/said.tsx";
import { useKeys } from "../parts/view.ts";
import { SignIn, SignInForm } from "../sign-in.tsx";
import { Head } from "./head.tsx";
import { Help } from "./help.tsx";
import { PrintedBy } from "./printed-by.tsx";
import { useWaitingCounts } from "./waiting.ts";

const w = words({
  skip: { zh: "跳到正文", en: "Skip to the page" },
  rail: { zh: "主菜单", en: "Main menu" },
  inbox: { zh: "待办", en: "Inbox" },
  cases: { zh: "办件", en: "Cases" },
  files: { zh: "困难职工档案", en: "Hardship files" },
  eligible: { zh: "免申即享", en: "Without asking" },
  rounds: { zh: "场次", en: "Rounds" },
  members: { zh: "会员", en: "Members" },
  transfers: { zh: "会籍接转", en: "Transfers" },
  units: { zh: "组织", en: "Unions" },
  money: { zh: "资金", en: "Money" },
  notices: { zh: "公示", en: "Notices" },
  policies: { zh: "政策", en: "Policies" },
  figures: { zh: "统计", en: "Figures" },
  audit: { zh: "审计", en: "Audit" },
  lost: { zh: "登录已失效", en: "You are signed out" },
  lostWhy: {
    zh: "时间长了没有动作，或者在别处退出了。重新登录后，这一页还在原处。",
    en: "Too much time has passed, or you signed out elsewhere. Sign in again and this page is as you left it.",
  },
  offline: {
    zh: "现在连不上网络。看到的是刚才的内容，连上后会自动更新。",
    en: "There is no connection. You see what was here before; it updates once you are online.",
  },
  opening: { zh: "正在打开工作台", en: "Opening the desk" },
});

interface Place {
  readonly to: string;
  readonly title: keyof typeof w;
  readonly icon: IconName;
  readonly power?: string;
  readonly line?: boolean;
}

const places: readonly Place[] = [
  { to: "/inbox", title: "inbox", icon: "tasks" },
  { to: "/cases", title: "cases", icon: "paper", power: "case.read" },
  { to: "/files", title: "files", icon: "heart", power: "case.read" },
  { to: "/eligible", title: "eligible", icon: "check", power: "aid.review" },
  { to: "/rounds", title: "rounds", icon: "tasks", power: "aid.review" },
  { to: "/members", title: "members", icon: "family", power: "roster.read", line: true },
  { to: "/transfers", title: "transfers", icon: "leave", power: "roster.read" },
  { to: "/units", title: "units", icon: "union", power: "unit.read" },
  { to: "/money", title: "money", icon: "card", power: "fund.read" },
  { to: "/notices", title: "notices", icon: "flag", power: "notice.read", line: true },
  { to: "/policies", title: "policies", icon: "book", power: "unit.read" },
  { to: "/figures", title: "figures", icon: "hardship", power: "figures.read" },
  { to: "/audit", title: "audit", icon: "shield", power: "audit.read" },
];

/** The desk around every page: who is signed in decides whether there is one. */
export function Frame(): ReactNode {
  const me = useMe();
  const { t } = useLang();
  if (me.data) return <Desk me={me.data} />;
  if (me.data === null) return <SignIn />;
  if (me.error)
    return (
      <main style={{ maxWidth: 560, margin: "80px auto" }}>
        <Failed error={me.error} retry={() => void me.refetch()} />
      </main>
    );
  return <main aria-busy="true" aria-label={t(w.opening)} style={{ height: "100vh" }} />;
}

function Desk({ me }: { readonly me: Me }): ReactNode {
  const { lang, t } = useLang();
  const [lost, setLost] = useState(false);
  const [help, setHelp] = useState(false);
  const online = useOnline();
  useLive(!lost);
  useEffect(() => {
    whenSignedOut(() => setLost(true));
    return () => whenSignedOut(() => {});
  }, []);
  useKeys({
    "/": () => document.querySelector<HTMLInputElement>("#find")?.focus(),
    "?": () => setHelp(true),
  });
  useTitle(lang);
  const main = useFocusOnMove();
  return (
    <MeProvider value={me}>
      <Sayings>
        <a className="skip" href="#main">
          {t(w.skip)}
        </a>
        <div className="desk">
          <Head me={me} onHelp={() => setHelp(true)} />
          <Rail me={me} />
          <main id="main" ref={main} tabIndex={-1}>
            {!online && (
              <p className="banner" role="status">
                <Icon name="offline" />
                {t(w.offline)}
              </p>
            )}
            <Outlet />
            <PrintedBy me={me} />
          </main>
        </div>
        {help && <Help onClose={() => setHelp(false)} />}
        {lost && <Lost onBack={() => setLost(false)} />}
      </Sayings>
    </MeProvider>
  );
}

function Rail({ me }: { readonly me: Me }): ReactNode {
  const { t } = useLang();
  const waiting = useWaitingCounts(can(me, "roster.read"));
  return (
    <nav className="rail" aria-label={t(w.rail)}>
      {places
        .filter(({ power }) => !power || can(me, power))
        .map(({ to, title, icon, line }) => (
          <div key={to} style={{ display: "contents" }}>
            {line && <hr />}
            <Link to={to} search={{}} activeProps={{ className: "on" }} title={t(w[title])}>
              <Icon name={icon} />
              <span className="word">{t(w[title])}</span>
              {(waiting[to] ?? 0) > 0 && <span className="n">{waiting[to]}</span>}
            </Link>
          </div>
        ))}
    </nav>
  );
}

/** The session ended while the page was open: sign in over it, and nothing typed is lost. */
function Lost({ onBack }: { readonly onBack: () => void }): ReactNode {
  const { t } = useLang();
  const client = useQueryClient();
  return (
    <Dialog title={t(w.lost)} onClose={() => location.reload()}>
      <p className="muted" style={{ marginBottom: 16 }}>
        {t(w.lostWhy)}
      </p>
      <SignInForm
        onDone={() => {
          onBack();
          void client.invalidateQueries();
        }}
      />
    </Dialog>
  );
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const follow = (): void => setOnline(navigator.onLine);
    addEventListener("online", follow);
    addEventListener("offline", follow);
    return () => {
      removeEventListener("online", follow);
      removeEventListener("offline", follow);
    };
  }, []);
  return online;
}

/** After going to another page, the keyboard is at its beginning. */
function useFocusOnMove() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
  return main;
}

/** The page's heading is the window's title. */
function useTitle(lang: string): void {
  const href = useRouterState({ select: (state) => state.location.href });
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when the page or the language changes.
  useEffect(() => {
    const read = (): void => {
      const heading = document.querySelector("main h1")?.textContent;
      document.title = `${heading ? `${heading} · ` : ""}${lang === "zh" ? "职家工作台" : "Zhijia desk"}`;
    };
    read();
    const timer = setTimeout(read, 600);
    return () => clearTimeout(timer);
  }, [href, lang]);
}
