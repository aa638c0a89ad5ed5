import { type ReactNode, useState } from "react";
import { actionId, addressOf, fieldProblem, Problem, post } from "../shared/api.ts";
import { askedAmong, faultsOf, faultOf as ruleFault } from "../shared/fields/check.ts";
import { FieldInput, FormProvider, useForm } from "../shared/fields/field.tsx";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { remember } from "../shared/papers.ts";
import { useAnswer, useForget } from "../shared/query.tsx";
import { go, usePlaces } from "../shared/router.tsx";
import type { Answers, CasePage, Field, Offer, ServiceList } from "../shared/types.ts";
import { Awaited, Button, Failed, Note, reasonText, Sheet, Skeleton } from "../shared/ui.tsx";
import { useKnowing } from "./apply.tsx";
import { AnswerShown } from "./apply-check.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import "./asking.css";

const w = words({
  gone: { zh: "现在不需要办这一步了。", en: "This is not offered now." },
  back: { zh: "回到事项", en: "Back to the matter" },
  answers: { zh: "其他内容没有错就不用改", en: "What is right needs no change" },
  change: { zh: "修改", en: "Change" },
  changeOne: { zh: "修改：{label}", en: "Change: {label}" },
  keep: { zh: "好了", en: "Done" },
  why: { zh: "退回的原因", en: "Why it came back" },
});

/** One thing to do in a case: hand in again, withdraw, confirm. */
export default function CaseAct(): ReactNode {
  const { t } = useLang();
  const { id = "", action = "" } = usePlaces();
  const page = useAnswer<CasePage>(addressOf("/cases/:id", { id }));
  const offer = page.data?.may.find(({ name }) => name === action);
  if (!page.data || !offer) {
    return (
      <Screen title="" back={to.case(id)}>
        <Awaited of={page}>{() => <Note>{t(w.gone)}</Note>}</Awaited>
      </Screen>
    );
  }
  for (const paper of page.data.case.files ?? []) remember(paper);
  return <ActForm page={page.data} offer={offer} />;
}

function ActForm({ page, offer }: { readonly page: CasePage; readonly offer: Offer }): ReactNode {
  const { t, lang } = useLang();
  const forget = useForget();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const service = services.data?.items.find(({ id }) => id === page.case.service);
  // What was answered before stands in the form.
  const [answers, setAnswers] = useState<Answers>(offer.answers ?? {});
  const knowing = useKnowing(service, answers);
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const [id, setId] = useState(actionId);
  const note =
    page.turn.who === "you" ? [...page.timeline].reverse().find((entry) => entry.note)?.note : undefined;

  const send = async (): Promise<void> => {
    const found = faultsOf(offer.fields, answers, knowing, lang);
    setFaults(found);
    setProblem(undefined);
    const [first] = Object.keys(found);
    if (first !== undefined) {
      document.querySelector<HTMLElement>(`[data-key="${first}"] :is(input,textarea,button)`)?.focus();
      return;
    }
    setBusy(true);
    try {
      const asked = askedAmong(offer.fields, answers);
      const sent = Object.fromEntries(
        asked.filter(({ key }) => answers[key] !== undefined).map(({ key }) => [key, answers[key]]),
      );
      await post("/cases/:id/actions", { id: page.case.id }, { id, name: offer.name, answers: sent });
      await forget("/api/cases", "/api/me", "/api/services");
      go(to.case(page.case.id), { replace: true });
    } catch (error) {
      if (error instanceof Problem && error.status !== 0 && error.status < 500) setId(actionId());
      setProblem(error);
      scrollTo(0, 0);
    } finally {
      setBusy(false);
    }
  };

  return (
    <FormProvider value={{ ...knowing, caseId: page.case.id }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Screen
          title={t(offer.title)}
          back={to.case(page.case.id)}
          foot={
            offer.allowed ? (
              <Button kind={offer.kind === "danger" ? "danger" : "primary"} wide type="submit" busy={busy}>
                {t(offer.title)}
              </Button>
            ) : undefined
          }
        >
          <div className="form">
            {problem !== undefined && <Failed error={problem} />}
            {!offer.allowed && <Note kind="warn">{reasonText(offer.refusal, lang)}</Note>}
            {offer.confirm && (
              <p className="lead" style={{ margin: 0 }}>
                {t(offer.confirm)}
              </p>
            )}
            {note && offer.kind === "primary" && (
              <Note kind="warn">
                <p className="strong">{t(w.why)}</p>
                <p>{note}</p>
              </Note>
            )}
            {services.isPending && offer.fields.length > 0 ? (
              <Skeleton />
            ) : (
              <Fields
                pages={page.case.pages}
                fields={askedAmong(offer.fields, answers)}
                answers={answers}
                faultOf={(key) => faults[key] ?? fieldProblem(problem, key)}
                onChange={(key, value) => setAnswers((old) => ({ ...old, [key]: value }))}
              />
            )}
          </div>
        </Screen>
      </form>
    </FormProvider>
  );
}

/** More questions than this stand as answers to change, not as a form to fill in again. */
const manyFields = 5;

interface FieldsProps {
  readonly pages: CasePage["case"]["pages"];
  readonly fields: readonly Field[];
  readonly answers: Answers;
  readonly faultOf: (key: string) => string | undefined;
  readonly onChange: (key: string, value: unknown) => void;
}

/** A few questions as a form; a whole application as its papers and a list of answers, each to be changed. */
function Fields(props: FieldsProps): ReactNode {
  const { fields, answers, faultOf, onChange } = props;
  const whole = fields.length > manyFields;
  const open = fields.filter((field) => !whole || field.kind === "papers");
  return (
    <>
      {open.map((field) => (
        <FieldInput
          key={field.key}
          field={field}
          value={answers[field.key]}
          fault={faultOf(field.key)}
          onChange={(value) => onChange(field.key, value)}
        />
      ))}
      {whole && <Changeable {...props} fields={fields.filter((field) => field.kind !== "papers")} />}
    </>
  );
}

function Changeable({ pages, fields, answers, faultOf, onChange }: FieldsProps): ReactNode {
  const { lang, t } = useLang();
  const form = useForm();
  const [changing, setChanging] = useState<Field | undefined>(undefined);
  const [draft, setDraft] = useState<unknown>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const keep = (field: Field): void => {
    const found = ruleFault(field, { ...answers, [field.key]: draft }, form, lang);
    setFault(found);
    if (found) return;
    onChange(field.key, draft);
    setChanging(undefined);
  };
  return (
    <div>
      <h2 className="section-head">{t(w.answers)}</h2>
      {pages.map((page) => {
        const these = fields.filter(({ key }) => page.fields.includes(key));
        if (these.length === 0) return null;
        return (
          <section key={page.id} style={{ marginBottom: 24 }}>
            <h3 className="soft" style={{ fontSize: "1rem", fontWeight: 400, marginBottom: 8 }}>
              {t(page.title)}
            </h3>
            <dl className="rows answers">
              {these.map((field) => (
                <div className="row" key={field.key} data-key={field.key}>
                  <dt>{t(field.label)}</dt>
                  <dd>
                    <AnswerShown field={field} value={answers[field.key]} />
                    {faultOf(field.key) && (
                      <span className="tag bad">
                        <Icon name="warning" />
                        {faultOf(field.key)}
                      </span>
                    )}
                  </dd>
                  <dd className="change">
                    <button
                      type="button"
                      className="button quiet"
                      aria-label={t(w.changeOne, { label: field.label[lang] })}
                      onClick={() => {
                        setDraft(answers[field.key]);
                        setFault(undefined);
                        setChanging(field);
                      }}
                    >
                      {t(w.change)}
                    </button>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
      {changing && (
        <Sheet title={t(changing.label)} onClose={() => setChanging(undefined)}>
          <form
            className="form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              event.stopPropagation();
              keep(changing);
            }}
          >
            <FieldInput field={changing} value={draft} answers={answers} fault={fault} onChange={setDraft} />
            <Button kind="primary" wide type="submit">
              {t(w.keep)}
            </Button>
          </form>
        </Sheet>
      )}
    </div>
  );
}
