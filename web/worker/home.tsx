import { type ReactNode, useState } from "react";
import { addressOf } from "../shared/api.ts";
import { Icon, type IconName, isIcon, Mark } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer, useMe } from "../shared/query.tsx";
import { go, Link } from "../shared/router.tsx";
import type { BoardNotice, LifeEvent, List, Service, ServiceList } from "../shared/types.ts";
import { Awaited, Button, ButtonLink } from "../shared/ui.tsx";
import { CaseCard } from "./case-card.tsx";
import { type OwnCase, waitsForMe, wantsRating } from "./case-words.ts";
import { Claims } from "./claims.tsx";
import { Confirmations, useEntries } from "./confirmations.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import "./home.css";

const w = words({
  title: { zh: "首页", en: "Home" },
  hello: { zh: "{name}，您好", en: "Hello, {name}" },
  noUnion: { zh: "您还没有加入工会", en: "You have not joined a union yet" },
  join: { zh: "加入工会", en: "Join the union" },
  joinWhy: {
    zh: "不是会员也能申请入会，几分钟就填完。",
    en: "You can apply without being a member; it takes a few minutes.",
  },
  waits: { zh: "等您办", en: "Waiting for you" },
  rate: { zh: "已经办结，请您评价", en: "This is closed. How did it go?" },
  cases: { zh: "我的事项", en: "My matters" },
  all: { zh: "全部 {n} 件", en: "All {n}" },
  none: { zh: "您还没有在办的事项。", en: "You have no matters in hand." },
  events: { zh: "遇到了什么事？", en: "What has happened?" },
  notices: { zh: "工会公示", en: "Notices of my union" },
  noticesUp: { zh: "{n} 则正在公示", en: "{n} notices are up" },
  noticeOne: { zh: "1 则正在公示", en: "One notice is up" },
  noticesWhy: { zh: "有不同意见可以提，可以不留姓名", en: "You may object, also without a name" },
  rest: { zh: "找别的", en: "Look for something else" },
  search: { zh: "搜索能办的事", en: "Search services" },
  find: { zh: "搜索", en: "Search" },
});

/** What waits for you, your matters, then what may have happened to you, then everything else. */
export function Home(): ReactNode {
  const { t } = useLang();
  const me = useMe().data;
  const cases = useAnswer<List<OwnCase>>(addressOf("/me/cases"));
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const entries = useEntries();
  if (!me) return null;
  return (
    <Screen title={t(w.title)} noHeading>
      <div className="hello">
        <Mark size={44} />
        <div>
          <h1 tabIndex={-1}>{t(w.hello, { name: me.person.name })}</h1>
          <p className="soft">{me.person.unit?.name ?? t(w.noUnion)}</p>
        </div>
      </div>
      <Confirmations />
      {!me.person.memberNo && !entries.isPending && !entries.data?.items.length && (
        <section className="card section">
          <p className="strong">{t(w.join)}</p>
          <p className="soft">{t(w.joinWhy)}</p>
          <p style={{ marginTop: 12 }}>
            <ButtonLink to={to.service("join")} kind="primary" wide>
              {t(w.join)}
            </ButtonLink>
          </p>
        </section>
      )}
      <Claims />
      <Awaited of={cases} lines={5}>
        {({ items }) => <OwnCases items={items} services={services.data?.items ?? []} />}
      </Awaited>
      {me.person.memberNo && <OnMyBoard />}
      <section className="section">
        <h2>{t(w.events)}</h2>
        <Awaited of={services} lines={4}>
          {({ lifeEvents, items }) => (
            <div className="events">
              {lifeEvents
                .filter(({ code }) => items.some((service) => service.lifeEvents.includes(code)))
                .map((event) => (
                  <EventTile key={event.code} event={event} />
                ))}
            </div>
          )}
        </Awaited>
      </section>
      <section className="section">
        <h2>{t(w.rest)}</h2>
        <SearchBox />
      </section>
    </Screen>
  );
}

/** That something hangs on the board of one's union, when it does. */
function OnMyBoard(): ReactNode {
  const { t } = useLang();
  const notices = useAnswer<List<BoardNotice>>(addressOf("/me/notices", {}, { limit: 100 }));
  const hanging = notices.data?.items.length ?? 0;
  if (hanging === 0) return null;
  return (
    <section className="section">
      <h2>{t(w.notices)}</h2>
      <div className="rows">
        <Link to={to.notices} className="row">
          <Icon name="flag" />
          <span className="grow">
            {t(hanging === 1 ? w.noticeOne : w.noticesUp, { n: hanging })}
            <span className="soft" style={{ display: "block" }}>
              {t(w.noticesWhy)}
            </span>
          </span>
          <Icon name="next" />
        </Link>
      </div>
    </section>
  );
}

function OwnCases(props: {
  readonly items: readonly OwnCase[];
  readonly services: readonly Service[];
}): ReactNode {
  const { t } = useLang();
  const { items, services } = props;
  const toRate = (line: OwnCase): boolean =>
    wantsRating(
      line,
      services.find(({ id }) => id === line.service),
    );
  const waiting = items.filter((line) => waitsForMe(line) || toRate(line));
  const others = items.filter((line) => !waiting.includes(line) && line.state !== "ended").slice(0, 4);
  return (
    <>
      {waiting.length > 0 && (
        <section className="section">
          <h2>{t(w.waits)}</h2>
          <div className="stack">
            {waiting.map((line) => (
              <CaseCard key={line.id} line={line} {...(toRate(line) && { note: t(w.rate) })} />
            ))}
          </div>
        </section>
      )}
      {(others.length > 0 || items.length !== waiting.length || items.length === 0) && (
        <section className="section">
          <div className="section-head">
            <h2>{t(w.cases)}</h2>
            {items.length > 0 && <Link to={to.cases}>{t(w.all, { n: items.length })}</Link>}
          </div>
          {others.length === 0 && <p className="soft">{t(w.none)}</p>}
          <div className="stack">
            {others.map((line) => (
              <CaseCard key={line.id} line={line} />
            ))}
          </div>
        </section>
      )}
    </>
  );
}

/** The drawing for what happened in a life. */
function eventIcon(code: string): IconName {
  if (isIcon(code)) return code;
  const near: readonly (readonly [RegExp, IconName])[] = [
    [/moved/, "home"],
    [/new-job/, "card"],
    [/disab/, "person"],
    [/ill|sick|medical/, "illness"],
    [/injur|accident/, "injury"],
    [/death|die|bereave/, "death"],
    [/school|college|study|child/, "schooling"],
    [/wage|pay/, "wages"],
    [/lay|unemploy|job/, "layoff"],
    [/disaster|fire|flood/, "disaster"],
    [/birth/, "birth"],
    [/join|member/, "join"],
    [/hard|income|poor|poverty|living/, "hardship"],
  ];
  return near.find(([pattern]) => pattern.test(code))?.[1] ?? "heart";
}

/** One thing that may have happened; opens every service that answers to it. */
export function EventTile({ event }: { readonly event: LifeEvent }): ReactNode {
  const { t } = useLang();
  return (
    <Link to={to.lifeEvent(event.code)} className="event">
      <Icon name={eventIcon(event.code)} large />
      {t(event.title)}
    </Link>
  );
}

/** Search among all services. */
export function SearchBox({ asked = "" }: { readonly asked?: string }): ReactNode {
  const { t } = useLang();
  const [typed, setTyped] = useState(asked);
  return (
    // biome-ignore lint/a11y/useSemanticElements: older phones do not know <search>.
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(`${to.services}?q=${encodeURIComponent(typed)}`);
      }}
    >
      <div className="search">
        <Icon name="search" />
        <input
          type="search"
          className="input"
          enterKeyHint="search"
          aria-label={t(w.search)}
          placeholder={t(w.search)}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <div className="only-read">
        <Button type="submit">{t(w.find)}</Button>
      </div>
    </form>
  );
}
