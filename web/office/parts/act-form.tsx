import { type ReactNode, useRef, useState } from "react";
import { fieldProblem, type Problem } from "../../shared/api.ts";
import { askedAmong, faultsOf } from "../../shared/fields/check.ts";
import { FieldInput, FormProvider } from "../../shared/fields/field.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import type { Answers, Field, Offer } from "../../shared/types.ts";
import { Button, Failed, Note } from "../../shared/ui.tsx";
import { usePaperTitle, useServicePapers } from "../cases/paper-words.ts";
import { Dialog } from "./dialog.tsx";
import { useOfficer } from "./me.tsx";

const w = words({
  go: { zh: "确定{what}", en: "Confirm: {what}" },
  no: { zh: "先不办", en: "Not now" },
  why: { zh: "退回的原因", en: "Why it came back" },
  rest: { zh: "其他内容没有错就不用改", en: "What is right needs no change" },
});

/** What an action that amends a case is about. */
export interface Amended {
  readonly service: string;
  /** What was written when the case came back. */
  readonly why?: string | undefined;
}

/** An action's questions in a drawer beside what they are about; what cannot be undone is asked twice. */
export function ActForm(props: {
  readonly offer: Offer;
  readonly subject: string;
  readonly caseId?: string;
  readonly busy: boolean;
  readonly error: Problem | null;
  readonly first?: Answers;
  /** Where earlier answers are amended: what was asked for comes first, then the papers, then what may stand as it is. */
  readonly amends?: Amended;
  /** Where a union is looked for: those of one's own scope unless told. */
  readonly unitsAt?: string;
  readonly onAct: (answers: Answers) => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}): ReactNode {
  const { offer } = props;
  const { lang, t } = useLang();
  const me = useOfficer();
  const paperTitle = usePaperTitle();
  const form = useRef<HTMLFormElement>(null);
  const [answers, setAnswers] = useState<Answers>(props.first ?? {});
  const kindsOf = useServicePapers(props.amends?.service, answers);
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const today = me.installation.today;
  const { fictitious } = me.installation;
  const asked = askedAmong(offer.fields, answers);
  const send = (): void => {
    const found = faultsOf(offer.fields, answers, { today, fictitious }, lang);
    setFaults(found);
    const [first] = Object.keys(found);
    if (first === undefined)
      props.onAct(
        Object.fromEntries(
          asked.flatMap(({ key }) => (answers[key] === undefined ? [] : [[key, answers[key]]])),
        ),
      );
    else showFault(form.current?.querySelector<HTMLElement>(`[data-key="${first}"]`));
  };
  const paperKinds = offer.fields.flatMap((field) => field.accept ?? []);
  const isFirst = (field: Field): boolean => !props.amends || field.kind === "papers";
  const question = (field: Field): ReactNode => (
    <FieldInput
      key={field.key}
      field={field}
      value={answers[field.key]}
      fault={faults[field.key] ?? (props.error ? fieldProblem(props.error, field.key) : undefined)}
      answers={answers}
      onChange={(value) => setAnswers((old) => ({ ...old, [field.key]: value }))}
    />
  );
  const first = asked.filter(isFirst);
  const rest = asked.filter((field) => !isFirst(field));
  return (
    <Dialog title={t(offer.title)} onClose={props.onClose} drawer>
      <FormProvider
        value={{
          today,
          fictitious,
          unlooked: true,
          ...(props.caseId && { caseId: props.caseId }),
          ...(props.unitsAt && { lookUp: { unit: props.unitsAt } }),
          paperLabels: {
            ...Object.fromEntries(paperKinds.map((kind) => [kind, { label: t(paperTitle(kind)) }])),
            ...kindsOf,
          },
        }}
      >
        <p className="muted" style={{ marginBottom: 12 }}>
          {props.subject}
        </p>
        <form
          ref={form}
          className="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          {props.error && <Failed error={props.error} />}
          {props.children}
          {props.amends?.why && (
            <Note kind="warn">
              <b>{t(w.why)}</b>
              <p>{props.amends.why}</p>
            </Note>
          )}
          {first.map(question)}
          {first.length > 0 && rest.length > 0 && <h3>{t(w.rest)}</h3>}
          {rest.map(question)}
          {offer.confirm && <Note kind={offer.kind === "danger" ? "warn" : "info"}>{t(offer.confirm)}</Note>}
          <div className="buttons">
            <Button kind="primary" type="submit" busy={props.busy}>
              {t(w.go, { what: t(offer.title) })}
            </Button>
            <Button onClick={props.onClose}>{t(w.no)}</Button>
          </div>
        </form>
      </FormProvider>
    </Dialog>
  );
}

/** The question that is wrong comes into sight whole, with what is said of it, and its control takes the keyboard. */
function showFault(field: HTMLElement | null | undefined): void {
  const control =
    field?.querySelector<HTMLElement>("input,textarea,select") ?? field?.querySelector("button");
  control?.focus({ preventScroll: true });
  requestAnimationFrame(() => field?.scrollIntoView({ block: "start" }));
}
