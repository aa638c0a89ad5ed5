import type { ReactNode } from "react";
import type { Text } from "../../src/kernel/words.ts";
import { addressOf } from "../shared/api.ts";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { Link, useWhere } from "../shared/router.tsx";
import type { Service, ServiceList } from "../shared/types.ts";
import { Awaited, Empty } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { EventTile, SearchBox } from "./home.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "办事", en: "Services" },
  events: { zh: "遇到了什么事？", en: "What has happened?" },
  found: { zh: "找到 {n} 项", en: "{n} found" },
  none: {
    zh: "没有找到「{q}」。换个说法，或从下面选。",
    en: "Nothing for “{q}”. Try other words, or choose below.",
  },
  forEvent: { zh: "遇到「{event}」，可以办", en: "When this has happened: {event}" },
  all: { zh: "全部服务", en: "All services" },
  howLong: { zh: "{time}", en: "{time}" },
});

const groups: Readonly<Record<string, Text>> = {
  care: { zh: "帮扶救助", en: "Care and aid" },
  organisation: { zh: "入会与会籍", en: "Membership" },
  rights: { zh: "维权", en: "Rights" },
  growth: { zh: "成长", en: "Growth" },
  voice: { zh: "民主管理", en: "Having a say" },
  money: { zh: "经费", en: "Money" },
};

/** Everything that can be asked for: by what happened, by words, or all of it by group. */
export default function Services(): ReactNode {
  const { t, lang } = useLang();
  const { query } = useWhere();
  const q = (query.get("q") ?? "").trim();
  const event = query.get("event") ?? "";
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const chosen = services.data?.lifeEvents.find(({ code }) => code === event);
  return (
    <Screen
      title={chosen ? t(w.forEvent, { event: chosen.title[lang] }) : t(w.title)}
      {...((chosen || q) && { back: to.services })}
    >
      {!chosen && <SearchBox key={q} asked={q} />}
      <Awaited of={services}>
        {({ items, lifeEvents }) => {
          const found = chosen
            ? items.filter((service) => service.lifeEvents.includes(event))
            : items.filter((service) => fits(service, q, lifeEvents));
          if (chosen || q) {
            return (
              <section className="section">
                {q && (
                  <p className="soft" role="status" style={{ marginBottom: 12 }}>
                    {found.length > 0 ? t(w.found, { n: found.length }) : ""}
                  </p>
                )}
                {found.length === 0 ? (
                  <Empty icon="search">
                    <p>{t(w.none, { q: q || event })}</p>
                  </Empty>
                ) : (
                  <ServiceRows of={found} />
                )}
              </section>
            );
          }
          return (
            <>
              <section className="section">
                <h2>{t(w.events)}</h2>
                <div className="events">
                  {lifeEvents
                    .filter(({ code }) => items.some((service) => service.lifeEvents.includes(code)))
                    .map((one) => (
                      <EventTile key={one.code} event={one} />
                    ))}
                </div>
              </section>
              {[...new Set(items.map(({ group }) => group))].map((group) => (
                <section className="section" key={group}>
                  <h2>{groups[group]?.[lang] ?? t(w.all)}</h2>
                  <ServiceRows of={items.filter((service) => service.group === group)} />
                </section>
              ))}
            </>
          );
        }}
      </Awaited>
    </Screen>
  );
}

function ServiceRows({ of }: { readonly of: readonly Service[] }): ReactNode {
  const { t } = useLang();
  return (
    <div className="rows">
      {of.map((service) => (
        <Link key={service.id} to={to.service(service.id)} className="row">
          <span className="grow">
            <span className="strong">{t(service.title)}</span>
            <span className="soft" style={{ display: "block" }}>
              {t(service.summary)}
            </span>
          </span>
          <Icon name="next" />
        </Link>
      ))}
    </div>
  );
}

/** Whether a service answers to the words: in its title, its summary, or what happened. */
function fits(service: Service, q: string, events: ServiceList["lifeEvents"]): boolean {
  const text = [
    service.title,
    service.summary,
    service.forWhom,
    service.youGet,
    ...events.filter(({ code }) => service.lifeEvents.includes(code)).map(({ title }) => title),
  ]
    .flatMap(({ zh, en }) => [zh, en])
    .join("\n")
    .toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
