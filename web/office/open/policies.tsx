import type { ReactNode } from "react";
import type { z } from "zod";
import type { PolicyList as zPolicyList } from "../../../src/units/policy-schemas.ts";
import { addressOf } from "../../shared/api.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { Awaited } from "../../shared/ui.tsx";
import { SearchBox } from "../parts/filters.tsx";
import { useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { UnitBox } from "../parts/pick-unit.tsx";
import { PolicyValue } from "../parts/policy-value.tsx";
import { useView } from "../parts/view.ts";
import { PolicyPanel } from "./policy-panel.tsx";
import "./open.css";

/** What the server says of policies at a place. */
export type PolicyList = z.input<typeof zPolicyList>;
export type PolicyItem = PolicyList["items"][number];

const w = words({
  title: { zh: "政策", en: "Policies" },
  place: { zh: "哪个工会", en: "Which union" },
  day: { zh: "哪一天", en: "On which day" },
  find: { zh: "找政策", en: "Find a policy" },
  name: { zh: "政策", en: "Policy" },
  value: { zh: "值", en: "Value" },
  from: { zh: "来自", en: "From" },
  own: { zh: "本级", en: "own" },
  at: { zh: "{place}，{day}", en: "{place}, {day}" },
  choose: {
    zh: "选一条看来源、历史，有权的可以改。",
    en: "Choose one to see where it comes from; those entitled may set it.",
  },
});

/** Titles of the groups that keys begin with. */
const groupTitles = words({
  aid: { zh: "帮扶", en: "Aid" },
  fund: { zh: "资金", en: "Funds" },
  batch: { zh: "发放", en: "Payments" },
  bank: { zh: "银行文件", en: "Bank files" },
  membership: { zh: "会籍", en: "Membership" },
  units: { zh: "组织", en: "Unions" },
  figures: { zh: "数据", en: "Figures" },
  calendar: { zh: "日历", en: "Calendar" },
  "cool-gift": { zh: "送清凉", en: "Cool-drink gift" },
});

/** Every rule in force at a place and where it comes from. */
export function Policies(): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const [view, change] = useView();
  const place = view.place ?? me.posts[0]?.unit.id;
  const on = view.day ?? me.installation.today;
  const list = useAnswer<PolicyList>(addressOf("/policies", {}, { place, day: view.day }));
  const q = (view.q ?? "").toLowerCase();
  return (
    <div className="page">
      <PageHead title={t(w.title)} total={list.data?.items.length} />
      <div className="filters">
        <UnitBox label={t(w.place)} value={place} onChange={(id) => change({ place: id })} />
        <label>
          {t(w.day)}
          <input
            className="input"
            type="date"
            value={on}
            onChange={(event) => change({ day: event.target.value || undefined })}
          />
        </label>
        <SearchBox label={t(w.find)} />
      </div>
      <Awaited of={list} lines={14}>
        {({ items, place: at }) => {
          const shown = items.filter((one) =>
            `${one.title.zh} ${one.title.en} ${one.key} ${one.help.zh}`.toLowerCase().includes(q),
          );
          const groups = [...new Set(shown.map(({ group }) => group))];
          const chosen = items.find(({ key }) => key === view.key);
          return (
            <div className={chosen ? "policies named" : "policies"}>
              <div className="table">
                <table>
                  <caption className="only-read">{t(w.at, { place: at.name, day: on })}</caption>
                  <thead>
                    <tr>
                      <th scope="col">{t(w.name)}</th>
                      <th scope="col" className="end">
                        {t(w.value)}
                      </th>
                      <th scope="col">{t(w.from)}</th>
                    </tr>
                  </thead>
                  {groups.map((group) => (
                    <tbody key={group}>
                      <tr className="group">
                        <th colSpan={3} scope="rowgroup">
                          {group in groupTitles ? t(groupTitles[group as keyof typeof groupTitles]) : group}
                        </th>
                      </tr>
                      {shown
                        .filter((one) => one.group === group)
                        .map((one) => (
                          <tr key={one.key} className={one.key === view.key ? "on" : undefined} data-row>
                            <td>
                              <button
                                type="button"
                                className="plain-link"
                                aria-pressed={one.key === view.key}
                                onClick={() => change({ key: one.key })}
                              >
                                {t(one.title)}
                              </button>
                            </td>
                            <td className="end">
                              <PolicyValue kind={one.type.kind} value={one.value} type={one.type} />
                            </td>
                            <td>
                              {one.inherited ? (
                                <span className="muted">{one.place.name[lang]}</span>
                              ) : (
                                <b style={{ fontWeight: 600 }}>{t(w.own)}</b>
                              )}
                            </td>
                          </tr>
                        ))}
                    </tbody>
                  ))}
                </table>
              </div>
              <div className="inspect">
                {chosen ? (
                  <>
                    <button
                      type="button"
                      className="plain-link back-to-list no-print"
                      onClick={() => change({ key: undefined })}
                    >
                      <Icon name="back" />
                      {t(w.title)}
                    </button>
                    <PolicyPanel key={`${chosen.key}${at.id}`} item={chosen} place={at} />
                  </>
                ) : (
                  <p className="panel muted">{t(w.choose)}</p>
                )}
              </div>
            </div>
          );
        }}
      </Awaited>
    </div>
  );
}
