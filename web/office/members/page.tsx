import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { actionId, addressOf, type Problem, post } from "../../shared/api.ts";
import { day, moment, money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, CaseLine, LookedAt, Offer } from "../../shared/types.ts";
import { Awaited } from "../../shared/ui.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { Due } from "../parts/due.tsx";
import { Facts } from "../parts/facts.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { useSay } from "../parts/said.tsx";
import { Reveal } from "./reveal.tsx";
import type { MemberAnswer, MemberEvent } from "./types.ts";
import { groupText, lookText, reasonText, sexText, statusMark, statusText, workText } from "./words.ts";

const w = words({
  members: { zh: "会员", en: "Members" },
  person: { zh: "个人信息", en: "Person" },
  idNumber: { zh: "证件号码", en: "ID number" },
  phone: { zh: "手机", en: "Phone" },
  bankCard: { zh: "银行卡", en: "Bank card" },
  address: { zh: "住址", en: "Address" },
  employment: { zh: "用工形式", en: "Form of employment" },
  sex: { zh: "性别", en: "Sex" },
  born: { zh: "出生日期", en: "Born" },
  ethnicity: { zh: "民族", en: "Ethnic group" },
  education: { zh: "学历", en: "Education" },
  political: { zh: "政治面貌", en: "Political status" },
  employer: { zh: "工作单位", en: "Employer" },
  job: { zh: "岗位", en: "Job" },
  group: { zh: "就业群体", en: "Employment" },
  migrant: { zh: "农民工", en: "Migrant worker" },
  yes: { zh: "是", en: "yes" },
  toComplete: { zh: "待补充", en: "To complete" },
  memberNo: { zh: "会员证号", en: "Member no." },
  joined: { zh: "入会", en: "Joined" },
  events: { zh: "会籍变动", en: "Changes of membership" },
  noEvents: { zh: "还没有变动。", en: "No changes yet." },
  household: { zh: "家庭成员", en: "Household" },
  householdMoney: { zh: "家庭帮扶明细", en: "Aid to the household" },
  cases: { zh: "办件", en: "Cases" },
  noCases: { zh: "没有办件。", en: "No cases." },
  looked: { zh: "谁看过这份资料", en: "Who looked at this file" },
  noLooks: { zh: "还没有人看过。", en: "Nobody has looked yet." },
  lookedWhy: {
    zh: "本人在手机上看到的也是这份记录。",
    en: "The person reads this same record on their phone.",
  },
  start: { zh: "代为申请", en: "File for this person" },
  done: { zh: "已办：{what}", en: "Done: {what}" },
  why: { zh: "不能办的", en: "Not offered" },
});

/** One person as officers see them: masked, with membership, household, cases and who looked. */
export function MemberPage(): ReactNode {
  const { t } = useLang();
  const { id = "" } = useParams({ strict: false });
  const page = useAnswer<MemberAnswer>(addressOf("/members/:id", { id }));
  return (
    <div className="page">
      <Crumbs of={[{ title: t(w.members), to: "/members" }]} />
      <Awaited of={page} lines={14}>
        {(answer) => <Member key={id} of={answer} />}
      </Awaited>
    </div>
  );
}

function Member({ of: page }: { readonly of: MemberAnswer }): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const { person } = page;
  const [acting, setActing] = useState<Offer>();
  const able = page.may.filter((one) => one.allowed);
  const barred = page.may.filter((one) => !one.allowed);
  return (
    <>
      <PageHead
        title={person.name}
        note={
          <>
            <span className={`state ${statusMark(person.status ?? null)}`}>
              {t(statusText(person.status))}
            </span>
            {person.unitId && (
              <Link to="/units/$id" params={{ id: person.unitId }} search={{}}>
                {person.unitName}
              </Link>
            )}
          </>
        }
      >
        {able.map((one) => (
          <button
            key={one.name}
            type="button"
            className={one.kind === "danger" ? "button danger" : "button"}
            onClick={() => setActing(one)}
          >
            {t(one.title)}
          </button>
        ))}
        {can(me, "aid.check") && (
          <Link to="/start" search={{ person: person.id } as never} className="button primary">
            {t(w.start)}
          </Link>
        )}
      </PageHead>
      <div className="two">
        <div className="stack">
          <section className="panel" aria-label={t(w.person)}>
            <div className="panel-head">
              <h2>{t(w.person)}</h2>
              {can(me, "roster.reveal") && (
                <span className="acts">
                  <Reveal personId={person.id} />
                </span>
              )}
            </div>
            <PersonFacts page={page} />
          </section>
          {page.household && (
            <section className="panel" aria-label={t(w.household)}>
              <div className="panel-head">
                <h2>{t(w.household)}</h2>
                {page.household.id && can(me, "fund.read") && (
                  <span className="acts">
                    <Link to="/money/households/$id" params={{ id: page.household.id }} search={{}}>
                      {t(w.householdMoney)}
                    </Link>
                  </span>
                )}
              </div>
              <table className="inner">
                <tbody>
                  {page.household.members.map((one) => (
                    <tr key={one.id ?? one.name}>
                      <td>{one.name}</td>
                      <td>{one.relationTitle ? t(one.relationTitle) : one.relation}</td>
                      <td className="number">{one.birthDate ?? one.birthYear ?? ""}</td>
                      <td>{one.workStatus && t(workText(one.workStatus))}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
          <section className="panel" aria-label={t(w.cases)}>
            <h2>{t(w.cases)}</h2>
            {page.cases.length === 0 ? (
              <p className="muted">{t(w.noCases)}</p>
            ) : (
              <CaseTable of={page.cases} />
            )}
          </section>
        </div>
        <div className="stack">
          <section className="panel" aria-label={t(w.events)}>
            <h2>{t(w.events)}</h2>
            {page.events.length === 0 ? (
              <p className="muted">{t(w.noEvents)}</p>
            ) : (
              <ol className="timeline">
                {page.events.map((one, index) => (
                  <EventLine key={one.id ?? index} of={one} last={index === 0} />
                ))}
              </ol>
            )}
            {barred.length > 0 && (
              <details className="small muted" style={{ marginTop: 8 }}>
                <summary>{t(w.why)}</summary>
                <ul>
                  {barred.map((one) => (
                    <li key={one.name}>
                      <b>{t(one.title)}</b> {one.refusal?.detail}
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </section>
          {page.lookedAt && (
            <section className="panel" aria-label={t(w.looked)}>
              <h2>{t(w.looked)}</h2>
              <p className="muted small">{t(w.lookedWhy)}</p>
              {page.lookedAt.length === 0 ? (
                <p className="muted">{t(w.noLooks)}</p>
              ) : (
                <ul>
                  {page.lookedAt.map((one: LookedAt, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a log that only grows.
                    <li key={index} style={{ padding: "4px 0" }}>
                      <span className="number muted">{moment(one.at, lang, "table")}</span>{" "}
                      {[one.byUnit, one.byName].filter(Boolean).join(" · ")}
                      <span className="muted">
                        {" "}
                        {[t(lookText(one.what)), one.purpose !== "case" && one.purpose, one.caseNumber]
                          .filter(Boolean)
                          .join(" · ")}
                      </span>
                    </li>
                  ))}
                </ul>
              )}
            </section>
          )}
        </div>
      </div>
      {acting && <ActOnMember page={page} offer={acting} onClose={() => setActing(undefined)} />}
    </>
  );
}

function PersonFacts({ page }: { readonly page: MemberAnswer }): ReactNode {
  const { lang, t } = useLang();
  const { person } = page;
  const text = (value: Text | undefined | null): string | undefined => (value ? t(value) : undefined);
  const rows: readonly (readonly [Text, ReactNode])[] = [
    [w.idNumber, person.idNumber && <span className="number">{person.idNumber}</span>],
    [w.phone, person.phone && <span className="number">{person.phone}</span>],
    [w.bankCard, person.bankCard && <span className="number">{person.bankCard}</span>],
    [w.address, person.address],
    [w.sex, text(sexText(person.sex))],
    [w.born, person.birthDate ? day(person.birthDate, lang, "table") : person.birthYear],
    [w.memberNo, person.memberNo && <span className="number">{person.memberNo}</span>],
    [w.joined, person.joinedOn && day(person.joinedOn, lang, "table")],
    [w.employer, person.employerName],
    [w.job, person.jobTitle],
    [w.employment, text(person.employmentTypeTitle)],
    [w.group, text(groupText(person.employmentGroup))],
    [w.migrant, person.migrant ? t(w.yes) : undefined],
    [w.ethnicity, text(person.ethnicityTitle)],
    [w.education, text(person.educationTitle)],
    [w.political, text(person.politicalStatusTitle)],
    [w.toComplete, person.toComplete.map((one) => t(one)).join("、")],
  ];
  return <Facts of={rows} />;
}

function CaseTable({ of }: { readonly of: readonly CaseLine[] }): ReactNode {
  const { lang, t } = useLang();
  return (
    <table className="inner">
      <tbody>
        {of.map((one) => (
          <tr key={one.id}>
            <td>
              <Link to="/cases/$id" params={{ id: one.id }} search={{}}>
                {t(one.serviceTitle)}
              </Link>
            </td>
            <td>{t(one.stepTitle)}</td>
            <td>
              <Due on={one.dueOn} left={one.remaining} ended={one.state === "ended"} />
            </td>
            <td className="end number">{one.amountFen === null ? "" : money(one.amountFen)}</td>
            <td className="number muted">{day(one.openedOn, lang, "table")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function EventLine({ of: one, last }: { readonly of: MemberEvent; readonly last: boolean }): ReactNode {
  const { lang, t } = useLang();
  return (
    <li className={last ? "last" : undefined}>
      <div className="head-line">
        <b>
          {one.fromTitle || one.from ? `${t(one.fromTitle ?? statusText(one.from))} → ` : ""}
          {t(one.toTitle ?? statusText(one.to))}
        </b>
        <time dateTime={one.on}>{day(one.on, lang, "table")}</time>
      </div>
      <p className="by">
        {[
          one.reasonTitle ? t(one.reasonTitle) : one.reason && t(reasonText(one.reason)),
          one.unitName,
          one.byName,
          one.document,
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {one.note && <blockquote>{one.note}</blockquote>}
    </li>
  );
}

function ActOnMember(props: {
  readonly page: MemberAnswer;
  readonly offer: Offer;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const forget = useForget();
  const [id] = useState(actionId);
  const { person } = props.page;
  const moves = props.offer.name === "transfer";
  const act = useMutation<unknown, Problem, Answers>({
    mutationFn: ({ unit, ...answers }) =>
      moves
        ? post("/members/:id/transfer", { id: person.id }, { id, toUnitId: unit, ...answers })
        : post("/members/:id/status", { id: person.id }, { id, name: props.offer.name, ...answers }),
    onSuccess: async () => {
      say(t(w.done, { what: t(props.offer.title) }));
      props.onClose();
      await forget("/api/members", "/api/units", "/api/figures", "/api/transfers", "/api/inbox");
    },
  });
  return (
    <ActForm
      offer={props.offer}
      subject={person.name}
      {...(moves && { unitsAt: "/public/units" })}
      busy={act.isPending}
      error={act.error}
      onClose={props.onClose}
      onAct={(answers) => act.mutate(answers)}
    />
  );
}
