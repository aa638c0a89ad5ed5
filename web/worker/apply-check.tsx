import { type ReactNode, useRef, useState } from "react";
import { actionId, fieldProblem, Problem, post } from "../shared/api.ts";
import { askedAmong, faultsOf } from "../shared/fields/check.ts";
import { rowShown, shown } from "../shared/fields/show.ts";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { remembered } from "../shared/papers.ts";
import { useForget } from "../shared/query.tsx";
import { go, Link } from "../shared/router.tsx";
import type { Answers, Field, Service } from "../shared/types.ts";
import { Button, Failed, Note } from "../shared/ui.tsx";
import { questionsOf, useKnowing } from "./apply.tsx";
import type { Draft } from "./draft.ts";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import { WithDraft } from "./with-draft.tsx";
import "./asking.css";

const w = words({
  title: { zh: "核对您填的内容", en: "Check your answers" },
  why: {
    zh: "没有问题就提交。提交后轮到工会办，您随时能看到进度。",
    en: "Send it if all is right. It is then with the union, and you can follow every step.",
  },
  change: { zh: "修改", en: "Change" },
  changeOne: { zh: "修改：{label}", en: "Change: {label}" },
  send: { zh: "提交申请", en: "Send the application" },
  sending: { zh: "正在提交…", en: "Sending…" },
  missing: { zh: "还有 {n} 处要补上，见下面红字。", en: "{n} to complete; see the marked answers below." },
  whoSees: { zh: "谁会看到", en: "Who will see this" },
});

/** All answers on one page, each with its way back; then sending. */
export default function ApplyCheck(): ReactNode {
  return <WithDraft>{(service, draft) => <Check service={service} draft={draft} />}</WithDraft>;
}

function Check({ service, draft }: { readonly service: Service; readonly draft: Draft }): ReactNode {
  const { t, lang } = useLang();
  const forget = useForget();
  const knowing = useKnowing(service);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [looked, setLooked] = useState(false);
  const caseId = useRef(actionId());
  const all = askedAmong(questionsOf(service), draft.answers);
  const own = faultsOf(all, draft.answers, knowing, lang);
  const faults: Readonly<Record<string, string>> = {
    ...(looked ? own : {}),
    ...Object.fromEntries(
      all.flatMap(({ key }) => [[key, problemAt(problem, key)]]).filter(([, text]) => text),
    ),
  };
  const wrong = Object.values(faults).flatMap((text) => text.split("\n")).length;
  const isOne = problem instanceof Problem && problem.errors.length <= 1;

  const send = async (): Promise<void> => {
    setLooked(true);
    setProblem(undefined);
    if (Object.keys(own).length > 0) {
      scrollTo(0, 0);
      return;
    }
    setBusy(true);
    try {
      const answers: Answers = Object.fromEntries(
        all.filter(({ key }) => draft.answers[key] !== undefined).map(({ key }) => [key, draft.answers[key]]),
      );
      await post("/cases", {}, { id: caseId.current, service: service.id, answers });
      await draft.discard();
      void forget("/api/me", "/api/services");
      go(to.received(caseId.current), { replace: true });
    } catch (error) {
      // A refusal stored nothing, so the next try is a new case; a lost answer may have stored it.
      if (error instanceof Problem && error.status !== 0 && error.status < 500) caseId.current = actionId();
      setProblem(error);
      scrollTo(0, 0);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Screen
      title={t(w.title)}
      back={to.service(service.id)}
      foot={
        <Button kind="primary" wide busy={busy} onClick={() => void send()}>
          {t(busy ? w.sending : w.send)}
        </Button>
      }
    >
      <p className="lead">
        <span className="strong">{t(service.title)}</span>
        <br />
        {t(w.why)}
      </p>
      {problem !== undefined && (isOne || wrong === 0) && <Failed error={problem} />}
      {(problem === undefined || !isOne) && wrong > 0 && (
        <Note kind="bad" alert>
          {t(w.missing, { n: wrong })}
        </Note>
      )}
      {service.pages.map((page) => {
        const fields = all.filter(({ key }) => page.fields.includes(key));
        if (fields.length === 0) return null;
        return (
          <section className="section" key={page.id}>
            <h2>{t(page.title)}</h2>
            <dl className="rows answers">
              {fields.map((field) => (
                <div className="row" key={field.key}>
                  <dt>{t(field.label)}</dt>
                  <dd>
                    <AnswerShown field={field} value={draft.answers[field.key]} />
                    {faults[field.key] && (
                      <span className="tag bad">
                        <Icon name="warning" />
                        {faults[field.key]}
                      </span>
                    )}
                  </dd>
                  <dd className="change">
                    <Link
                      to={`${to.apply(service.id, field.key)}?from=check`}
                      aria-label={t(w.changeOne, { label: field.label[lang] })}
                    >
                      {t(w.change)}
                    </Link>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
      <section className="section">
        <h2>{t(w.whoSees)}</h2>
        <p>{t(service.whoSees)}</p>
      </section>
    </Screen>
  );
}

/** A refusal may point at a part of an answer: `/answers/household/0/idNumber` belongs to `household`. */
function problemAt(problem: unknown, key: string): string | undefined {
  const exact = fieldProblem(problem, key);
  if (exact || !(problem instanceof Problem)) return exact;
  return problem.errors.find(({ pointer }) => pointer.split("/").includes(key))?.detail;
}

/** An answer as it will be sent: rows of a list and names of papers written out. */
export function AnswerShown({ field, value }: { readonly field: Field; readonly value: unknown }): ReactNode {
  const { lang } = useLang();
  if (field.kind === "list" && Array.isArray(value)) {
    return (
      <ul className="stack">
        {(value as readonly Answers[]).map((row, index) => {
          const { title, rest } = rowShown(field, row, lang);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no id of their own.
            <li key={index}>
              {title}
              <span className="soft" style={{ display: "block" }}>
                {rest}
              </span>
            </li>
          );
        })}
      </ul>
    );
  }
  if (field.kind === "papers" && Array.isArray(value)) {
    const names = (value as readonly string[]).map((id) => remembered(id)?.fileName).filter(Boolean);
    return (
      <>
        {shown(field, value, lang)}
        {names.length > 0 && <span className="soft"> · {names.join(lang === "zh" ? "、" : ", ")}</span>}
      </>
    );
  }
  return shown(field, value, lang);
}
