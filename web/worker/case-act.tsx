import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { actionId, addressOf, fieldProblem, Problem, post } from "../shared/api.ts";
import { askedAmong, faultsOf } from "../shared/fields/check.ts";
import { FieldInput, FormProvider } from "../shared/fields/field.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { go, usePlaces } from "../shared/router.tsx";
import type { Answers, CasePage, Offer, ServiceList } from "../shared/types.ts";
import { Awaited, Button, Failed, Note, reasonText, Skeleton } from "../shared/ui.tsx";
import { useKnowing } from "./apply.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  gone: { zh: "现在不需要办这一步了。", en: "This is not offered now." },
  back: { zh: "回到事项", en: "Back to the matter" },
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
  return <ActForm page={page.data} offer={offer} />;
}

function ActForm({ page, offer }: { readonly page: CasePage; readonly offer: Offer }): ReactNode {
  const { t, lang } = useLang();
  const client = useQueryClient();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const knowing = useKnowing(services.data?.items.find(({ id }) => id === page.case.service));
  // What was answered before stands in the form; personal numbers come masked and are asked anew.
  const [answers, setAnswers] = useState<Answers>(() =>
    Object.fromEntries(
      offer.fields
        .map(({ key }) => [key, page.case.answers[key]] as const)
        .filter(([, value]) => value !== undefined && !String(JSON.stringify(value)).includes("*")),
    ),
  );
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
      await client.invalidateQueries({
        predicate: ({ queryKey }) => /^\/api\/(cases|me|services)/.test(String(queryKey[0])),
      });
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
              askedAmong(offer.fields, answers).map((field) => (
                <FieldInput
                  key={field.key}
                  field={field}
                  value={answers[field.key]}
                  fault={faults[field.key] ?? fieldProblem(problem, field.key)}
                  onChange={(value) => setAnswers((old) => ({ ...old, [field.key]: value }))}
                />
              ))
            )}
          </div>
        </Screen>
      </form>
    </FormProvider>
  );
}
