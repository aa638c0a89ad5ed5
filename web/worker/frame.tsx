import type { ReactNode } from "react";
import { seenAt } from "../shared/api.ts";
import { day } from "../shared/format.ts";
import { Icon, type IconName } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { meAddress, useMe } from "../shared/query.tsx";
import { goBack, Link, useTitle, useWhere } from "../shared/router.tsx";
import { useOnline } from "./offline.ts";
import { to } from "./to.ts";
import "./frame.css";

const w = words({
  back: { zh: "返回", en: "Back" },
  skip: { zh: "跳到正文", en: "Skip to content" },
  main: { zh: "主要栏目", en: "Main" },
  home: { zh: "首页", en: "Home" },
  services: { zh: "办事", en: "Services" },
  messages: { zh: "消息", en: "Messages" },
  mine: { zh: "我的", en: "Me" },
  unread: { zh: "{n} 条未读", en: "{n} unread" },
  offline: {
    zh: "没有网络。看过的内容还能看，填的内容先存在手机里。",
    en: "You are offline. Pages seen before still open; what you fill in stays on this phone.",
  },
  trial: { zh: "试用，数据全部虚构 · 今天 {day}", en: "Trial, all data fictitious · today {day}" },
  state: { zh: "系统状态", en: "Status" },
});

/** One page of the phone: a bar with the way back, the content, and the one thing to do at the thumb. */
export function Screen(props: {
  readonly title: string;
  readonly children: ReactNode;
  /** Where back leads when the page was opened directly; without it there is no way back. */
  readonly back?: string;
  /** Beside the title, at the far end. */
  readonly action?: ReactNode;
  /** The primary button, kept at the thumb. */
  readonly foot?: ReactNode;
  /** The heading stands in the content itself. */
  readonly noHeading?: boolean;
  /** Without bars: signing in, first loading. */
  readonly bare?: boolean;
}): ReactNode {
  const { t } = useLang();
  useTitle(props.title);
  const bar = props.foot === undefined && !props.bare;
  return (
    <div className={bar ? "screen with-bar" : props.foot ? "screen with-foot" : "screen"}>
      <a className="skip" href="#content">
        {t(w.skip)}
      </a>
      <Strips />
      {props.back !== undefined && (
        <header className="top">
          <button type="button" className="button quiet back" onClick={() => goBack(props.back ?? to.home)}>
            <Icon name="back" />
            {t(w.back)}
          </button>
          {props.action}
        </header>
      )}
      <main id="content" className="content">
        {!props.noHeading && props.title !== "" && <h1 tabIndex={-1}>{props.title}</h1>}
        {props.children}
        {props.foot !== undefined && <div className="foot no-print">{props.foot}</div>}
      </main>
      {bar && <Bar />}
    </div>
  );
}

function Strips(): ReactNode {
  const { t, lang } = useLang();
  const network = useOnline();
  const me = useMe();
  // A phone may think it has a network and still not reach us: then the answer came from its memory.
  const online = network && !seenAt.has(meAddress);
  const installation = me.data?.installation;
  const trial = installation?.trial && installation.trial.offsetDays !== 0;
  if (!trial && online) return null;
  return (
    <aside aria-label={t(w.state)}>
      {trial && (
        <p className="strip no-print">{t(w.trial, { day: day(installation.today, lang, "short") })}</p>
      )}
      {!online && (
        <p className="strip offline no-print" role="status">
          <Icon name="offline" />
          {t(w.offline)}
        </p>
      )}
    </aside>
  );
}

const tabs: readonly { readonly at: string; readonly icon: IconName; readonly word: keyof typeof w }[] = [
  { at: to.home, icon: "home", word: "home" },
  { at: to.services, icon: "tasks", word: "services" },
  { at: to.messages, icon: "message", word: "messages" },
  { at: to.mine, icon: "person", word: "mine" },
];

function Bar(): ReactNode {
  const { t } = useLang();
  const { path } = useWhere();
  const me = useMe();
  const unread = me.data?.unread ?? 0;
  return (
    <nav className="bar no-print" aria-label={t(w.main)}>
      {tabs.map(({ at, icon, word }) => {
        const here = at === to.home ? path === "/w/" || path === "/w" : path.startsWith(at);
        return (
          <Link key={at} to={at} aria-current={here ? "page" : undefined}>
            <span className="tab-icon">
              <Icon name={icon} />
              {word === "messages" && unread > 0 && (
                <span className="badge">{unread > 99 ? "99+" : unread}</span>
              )}
            </span>
            {t(w[word])}
            {word === "messages" && unread > 0 && (
              <span className="only-read">{t(w.unread, { n: unread })}</span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
