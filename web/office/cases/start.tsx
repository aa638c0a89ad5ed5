import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactNode, useRef, useState } from "react";
import { actionId, addressOf, fieldProblem, type Problem, post } from "../../shared/api.ts";
import { askedAmong, faultsOf } from "../../shared/fields/check.ts";
import { FieldInput, FormProvider } from "../../shared/fields/field.tsx";
import { knownAmong, sameAnswer } from "../../shared/fields/known.ts";
import { spoken, useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Field, Known, Service, ServiceList } from "../../shared/types.ts";
import { Awaited, Button, Empty, Failed, Note } from "../../shared/ui.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { Crumbs, PageHead } from "../parts/page-head.tsx";
import { PickMember } from "../parts/pick-member.tsx";
import { useView } from "../parts/view.ts";
import type { DeskCase } from "../types.ts";
import { useServicePapers } from "./paper-words.ts";
import { MemberFirst, useApplicant, wantsMember } from "./start-for.tsx";

const w = words({
  title: { zh: "代职工申请", en: "File for a worker" },
  cases: { zh: "办件", en: "Cases" },
  none: { zh: "您的岗位没有可以代办的事项。", en: "Your post may file nothing for others." },
  who: { zh: "给谁办", en: "For whom" },
  forOne: { zh: "给{name}办", en: "For {name}" },
  send: { zh: "提交申请", en: "Hand in" },
  draft: {
    zh: "填的内容只在这一页，提交后才保存。",
    en: "What you fill in stays on this page until you hand it in.",
  },
  forWhom: { zh: "谁可以办", en: "Who it is for" },
  howLong: { zh: "多久", en: "How long" },
  papers: { zh: "要哪些材料", en: "Which papers" },
  paperWhen: { zh: "{paper}（{when}）", en: "{paper} ({when})" },
  from: { zh: "已填好，来自{from}", en: "Filled in from {from}" },
  toApplicant: {
    zh: "题目是问申请人的，「您」指申请人；请照申请人说的填写。",
    en: "The questions are put to the applicant: “you” and “I” mean the applicant. Fill in what the applicant says.",
  },
  needWho: { zh: "请先选给谁办。", en: "First choose for whom." },
});

type OnBehalf = Service & { readonly onBehalf?: string | null };

function mayFile(service: OnBehalf, me: ReturnType<typeof useOfficer>): boolean {
  return Boolean(service.onBehalf && can(me, service.onBehalf));
}

/** Services an officer may start for a worker in scope. */
export function StartList(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const [view] = useView();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const applicant = useApplicant(view.person);
  return (
    <div className="page narrow">
      <Crumbs of={[{ title: t(w.cases), to: "/cases" }]} />
      <PageHead title={t(w.title)} note={applicant && t(w.forOne, { name: applicant.name })} />
      <Awaited of={services}>
        {({ items }) => {
          const mine = items.filter((one) => mayFile(one, me));
          return mine.length === 0 ? (
            <Empty icon="stop">{t(w.none)}</Empty>
          ) : (
            <div className="rows">
              {mine.map((one) => (
                <Link
                  key={one.id}
                  to="/start/$service"
                  params={{ service: one.id }}
                  search={(view.person ? { person: view.person } : {}) as never}
                  className="row"
                >
                  <span className="grow">
                    <b>{t(one.title)}</b>
                    <span className="soft" style={{ display: "block" }}>
                      {t(one.summary)}
                    </span>
                  </span>
                </Link>
              ))}
            </div>
          );
        }}
      </Awaited>
    </div>
  );
}

/** One service for one worker, on a single page: officers have the papers beside them. */
export function StartPage(): ReactNode {
  const { service: id } = useParams({ strict: false });
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  return (
    <Awaited of={services}>
      {({ items }) => {
        const service = items.find((one) => one.id === id);
        return service ? <StartForm key={service.id} service={service} /> : <StartList />;
      }}
    </Awaited>
  );
}

/** What the worker's file fills in; sealed facts come as marks and stay unseen. */
function useKnown(service: OnBehalf, person: string | undefined, given: Answers): ReadonlyMap<string, Known> {
  const { data } = useAnswer<{ items: readonly Known[] }>(
    addressOf("/services/:id/known", { id: service.id }, { person: person ?? "" }),
    { enabled: person !== undefined },
  );
  return knownAmong(service.fields, (person && data?.items) || [], given);
}

function StartForm({ service }: { readonly service: OnBehalf }): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const navigate = useNavigate();
  const forget = useForget();
  const [view, change] = useView();
  const [caseId] = useState(actionId);
  const [given, setGiven] = useState<Answers>({});
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [noWho, setNoWho] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { today, fictitious } = me.installation;
  const person = view.person;
  const applicant = useApplicant(person);
  const barred = wantsMember(service, applicant);
  const known = useKnown(service, person, given);
  const answers = { ...Object.fromEntries([...known].map(([key, { value }]) => [key, value])), ...given };
  const send = useMutation<DeskCase, Problem, Answers>({
    mutationFn: (sent) =>
      post("/cases", {}, { id: caseId, service: service.id, answers: sent, onBehalfOf: person }),
    onSuccess: async () => {
      await forget("/api/cases", "/api/inbox", "/api/members");
      void navigate({ to: "/cases/$id", params: { id: caseId }, search: {} });
    },
  });
  const choose = (next: string | undefined): void => {
    // What was kept or typed in place of one worker's facts says nothing of another.
    setGiven((old) => Object.fromEntries(Object.entries(old).filter(([key]) => !known.has(key))));
    change({ person: next });
  };
  const submit = (): void => {
    const asked = askedAmong(service.fields, answers);
    const found = faultsOf(service.fields, answers, { today, fictitious }, lang);
    setFaults(found);
    setNoWho(!person);
    const [first] = Object.keys(found);
    if (first) {
      form.current
        ?.querySelector<HTMLElement>(`[data-key="${first}"] :is(input,textarea,select,button)`)
        ?.focus();
    } else if (person) {
      send.mutate(
        Object.fromEntries(
          asked.flatMap(({ key }) => (answers[key] === undefined ? [] : [[key, answers[key]]])),
        ),
      );
    }
  };
  const filled = (field: Field): string | undefined => {
    const fact = known.get(field.key);
    return fact && sameAnswer(answers[field.key], fact.value)
      ? t(w.from, { from: spoken(fact.from, lang) })
      : undefined;
  };
  const paperLabels = useServicePapers(service.id, answers);
  return (
    <div className="page narrow">
      <Crumbs
        of={[
          { title: t(w.cases), to: "/cases" },
          { title: t(w.title), to: "/start" },
        ]}
      />
      <PageHead title={t(service.title)} />
      <div className="panel">
        <dl className="facts wide">
          <dt>{t(w.forWhom)}</dt>
          <dd>{t(service.forWhom)}</dd>
          <dt>{t(w.howLong)}</dt>
          <dd>{t(service.howLong)}</dd>
          {service.papers.length > 0 && (
            <>
              <dt>{t(w.papers)}</dt>
              <dd>
                {service.papers
                  .map(({ label, when }) =>
                    when ? t(w.paperWhen, { paper: t(label), when: t(when) }) : t(label),
                  )
                  .join(lang === "zh" ? "、" : "; ")}
              </dd>
            </>
          )}
        </dl>
      </div>
      <FormProvider value={{ today, fictitious, paperLabels }}>
        <form
          ref={form}
          noValidate
          style={{ marginTop: 16 }}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <section className="panel" aria-label={t(w.who)}>
            <h2>{t(w.who)}</h2>
            <PickMember value={person} onChange={choose} />
            <p className="muted" style={{ marginTop: 8 }}>
              {t(w.toApplicant)}
            </p>
            {noWho && !person && <p className="fault">{t(w.needWho)}</p>}
            {barred && applicant && <MemberFirst service={service} applicant={applicant} />}
          </section>
          {(barred ? [] : service.pages).map((page) => {
            const asked = askedAmong(
              page.fields.flatMap((key) => service.fields.find((field) => field.key === key) ?? []),
              answers,
            );
            if (asked.length === 0) return null;
            return (
              <section className="panel" key={page.id} aria-label={t(page.title)}>
                <h2>{t(page.title)}</h2>
                <div className="form">
                  {asked.map((field) => (
                    <FieldInput
                      key={field.key}
                      field={field}
                      value={answers[field.key]}
                      fault={
                        faults[field.key] ?? (send.error ? fieldProblem(send.error, field.key) : undefined)
                      }
                      answers={answers}
                      known={filled(field)}
                      onChange={(value) => setGiven((old) => ({ ...old, [field.key]: value }))}
                    />
                  ))}
                </div>
              </section>
            );
          })}
          <div className="panel" hidden={barred}>
            {send.error && <Failed error={send.error} />}
            <Note>{t(w.draft)}</Note>
            <p style={{ marginTop: 12 }}>
              <Button kind="primary" type="submit" busy={send.isPending}>
                {t(w.send)}
              </Button>
            </p>
          </div>
        </form>
      </FormProvider>
    </div>
  );
}
