import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { get, type Problem, post } from "../../shared/api.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useSlowly } from "../../shared/slowly.ts";
import type { CaseLine, List, UnitLine } from "../../shared/types.ts";
import { can, useOfficer } from "../parts/me.tsx";
import { typedNumber } from "../parts/typed-number.ts";
import type { MemberLine } from "../types.ts";

const w = words({
  find: { zh: "查人、办件、组织", en: "Find people, cases, unions" },
  people: { zh: "会员", en: "Members" },
  cases: { zh: "办件", en: "Cases" },
  units: { zh: "组织", en: "Unions" },
  none: {
    zh: "没有找到「{q}」。可以输姓名、拼音、首字母，或完整的证件号、手机号。",
    en: "Nothing found for “{q}”. Try a name, pinyin, initials, or a whole ID or phone number.",
  },
  looking: { zh: "正在查找…", en: "Looking…" },
  results: { zh: "查找结果", en: "What was found" },
});

interface Found {
  readonly key: string;
  readonly group: "people" | "cases" | "units";
  readonly to: "/members/$id" | "/cases/$id" | "/units/$id";
  readonly id: string;
  readonly title: string;
  readonly rest: string;
}

/** A person's number, which no address holds; a union's code is none. */
function numberIn(q: string): string | null {
  return /^\d{6}-\d{0,5}$/.test(q) ? null : typedNumber(q);
}

/** Finds people, cases and unions from anywhere; `/` brings the keyboard here. */
export function Find(): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLElement>(null);
  const q = useSlowly(typed.trim());
  const number = numberIn(q);
  const asking = open && q !== "";
  const found = useQuery<readonly Found[], Problem>({
    queryKey: ["find", number === null ? q : "number", number?.length ?? 0, typed.length],
    enabled: asking,
    gcTime: 0,
    queryFn: async () => {
      const none = { items: [] };
      const quietly = <Row,>(asked: Promise<List<Row>>) =>
        asked.catch((): List<Row> => ({ ...none, next: null }));
      const [people, cases, units] = await Promise.all([
        can(me, "roster.read")
          ? quietly(
              number !== null
                ? post<List<MemberLine>>("/members/search", {}, { q: number })
                : get<List<MemberLine>>("/members", {}, { q, limit: 6 }),
            )
          : none,
        can(me, "case.read") && number === null
          ? quietly(get<List<CaseLine>>("/cases", {}, { q, limit: 5 }))
          : none,
        number !== null ? none : quietly(get<List<UnitLine>>("/units", {}, { q, limit: 5 })),
      ]);
      return [
        ...people.items.map(
          (one): Found => ({
            key: one.id,
            group: "people",
            to: "/members/$id",
            id: one.id,
            title: one.name,
            rest: one.unitName ?? "",
          }),
        ),
        ...cases.items.map(
          (one): Found => ({
            key: one.id,
            group: "cases",
            to: "/cases/$id",
            id: one.id,
            title: `${one.applicantName} · ${one.serviceTitle[lang]}`,
            rest: one.number,
          }),
        ),
        ...units.items.map(
          (one): Found => ({
            key: one.id,
            group: "units",
            to: "/units/$id",
            id: one.id,
            title: one.name,
            rest: one.levelTitle[lang],
          }),
        ),
      ];
    },
  });
  const items = found.data ?? [];
  const close = (): void => {
    setOpen(false);
    setTyped("");
    setAt(0);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    const chosen = items[at];
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, items.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && chosen) {
      void navigate({ to: chosen.to, params: { id: chosen.id } });
      close();
      event.currentTarget.blur();
      return;
    } else if (event.key === "Escape") {
      close();
      event.currentTarget.blur();
    } else return;
    event.preventDefault();
  };
  return (
    <search
      className="find"
      ref={box}
      onBlur={(event) => {
        if (!box.current?.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <Icon name="search" />
      <input
        id="find"
        role="combobox"
        aria-expanded={asking}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant={asking && items[at] ? `found-${at}` : undefined}
        aria-label={t(w.find)}
        placeholder={t(w.find)}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setOpen(true);
          setAt(0);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={press}
      />
      {typed === "" && <kbd>/</kbd>}
      {asking && (
        <div className="found" id="found" role="listbox" aria-label={t(w.results)}>
          {found.isPending && <p className="muted">{t(w.looking)}</p>}
          {found.data && items.length === 0 && (
            <p className="muted">{t(w.none, { q: number !== null ? "…" : q })}</p>
          )}
          {(["people", "cases", "units"] as const).map((group) => {
            const mine = items.filter((one) => one.group === group);
            if (mine.length === 0) return null;
            return (
              <div key={group}>
                <h3>{t(w[group])}</h3>
                {mine.map((one) => {
                  const index = items.indexOf(one);
                  return (
                    <Link
                      key={one.key}
                      id={`found-${index}`}
                      role="option"
                      aria-selected={index === at}
                      tabIndex={-1}
                      className={index === at ? "on" : undefined}
                      to={one.to}
                      params={{ id: one.id }}
                      search={{}}
                      onMouseDown={(event) => event.preventDefault()}
                      onClick={close}
                    >
                      <span className="clip">{one.title}</span>
                      <span className="soft small clip">{one.rest}</span>
                    </Link>
                  );
                })}
              </div>
            );
          })}
        </div>
      )}
    </search>
  );
}
