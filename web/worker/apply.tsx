import { type ReactNode, useEffect, useState } from "react";
import { addressOf } from "../shared/api.ts";
import { askedAmong, faultOf } from "../shared/fields/check.ts";
import { FieldInput, type FormKnowing, FormProvider } from "../shared/fields/field.tsx";
import { knownAmong, sameAnswer } from "../shared/fields/known.ts";
import { usePaperLabels } from "../shared/fields/needed-papers.ts";
import { spoken, useLang, words } from "../shared/lang.tsx";
import { useAnswer, useMe } from "../shared/query.tsx";
import { go, usePlaces, useWhere } from "../shared/router.tsx";
import type { Answers, Field, Known, Service } from "../shared/types.ts";
import { Button, Empty, Skeleton } from "../shared/ui.tsx";
import type { Draft } from "./draft.ts";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import { WithDraft } from "./with-draft.tsx";
import "./asking.css";

const w = words({
  far: { zh: "第 {n} 题，共 {all} 题", en: "Question {n} of {all}" },
  next: { zh: "继续", en: "Continue" },
  back: { zh: "改好了", en: "Done" },
  saved: { zh: "已保存", en: "Saved" },
  saving: { zh: "正在保存…", en: "Saving…" },
  phone: { zh: "已存在手机里", en: "Kept on this phone" },
  from: { zh: "已替您填好，来自{from}", en: "Filled in for you, from {from}" },
  gone: { zh: "没有这一题。", en: "There is no such question." },
});

/** The questions of a service in the order of its pages. */
export function questionsOf(service: Pick<Service, "fields" | "pages">): readonly Field[] {
  const byKey = new Map(service.fields.map((field) => [field.key, field]));
  return service.pages.flatMap((page) => page.fields.flatMap((key) => byKey.get(key) ?? []));
}

/** What the forms of the worker's face know. */
export function useKnowing(service?: Service, answers?: Answers): FormKnowing {
  const { t } = useLang();
  const paperLabels = usePaperLabels(service, answers, t);
  const me = useMe().data;
  return {
    today: me?.installation.today ?? "",
    fictitious: me?.installation.fictitious ?? false,
    paperLabels,
    lookUp: { unit: "/public/units" },
  };
}

/** One question a screen; back never loses anything. */
export default function Apply(): ReactNode {
  return <WithDraft>{(service, draft) => <Question service={service} draft={draft} />}</WithDraft>;
}

function Question({ service, draft }: { readonly service: Service; readonly draft: Draft }): ReactNode {
  const { t, lang } = useLang();
  const { question } = usePlaces();
  const { query } = useWhere();
  const knowing = useKnowing(service, draft.answers);
  const known = useKnown(service, draft);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const all = askedAmong(questionsOf(service), draft.answers);
  const index = all.findIndex(({ key }) => key === question);
  const field = all[index];
  const fromCheck = query.get("from") === "check";

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question starts without a fault.
  useEffect(() => setFault(undefined), [question]);
  useEffect(() => {
    if (question !== undefined) return;
    const open = all.find((one) => one.required && draft.answers[one.key] === undefined) ?? undefined;
    const first = Object.keys(draft.answers).length === 0 ? all[0] : open;
    go(first ? to.apply(service.id, first.key) : to.check(service.id), { replace: true });
  }, [question, all, draft.answers, service.id]);

  if (!field) {
    return (
      <Screen title="" back={to.service(service.id)}>
        {question === undefined ? (
          <Skeleton />
        ) : (
          <Empty icon="search">
            <p>{t(w.gone)}</p>
          </Empty>
        )}
      </Screen>
    );
  }

  const forward = (): void => {
    const found = faultOf(field, draft.answers, knowing, lang);
    setFault(found);
    if (found) {
      document.querySelector<HTMLElement>(`[data-key="${field.key}"] :is(input,textarea,button)`)?.focus();
      return;
    }
    void draft.flush();
    const following = askedAmong(questionsOf(service), draft.answers)[index + 1];
    // After a change from the check page, only questions that it newly raised still stand between.
    if (fromCheck) {
      const raised = all.slice(index + 1).find((one) => one.required && draft.answers[one.key] === undefined);
      if (raised) go(`${to.apply(service.id, raised.key)}?from=check`);
      else go(to.check(service.id), { replace: true });
    } else go(following ? to.apply(service.id, following.key) : to.check(service.id));
  };
  const from = known.facts.get(field.key);
  const filled = from && sameAnswer(draft.answers[field.key], from.value);
  return (
    <FormProvider value={knowing}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          forward();
        }}
      >
        <Screen
          title={t(field.label)}
          noHeading
          back={to.service(service.id)}
          action={
            <span className="saved" role="status">
              {t(w[draft.state])}
            </span>
          }
          foot={
            <Button kind="primary" wide type="submit">
              {t(fromCheck ? w.back : w.next)}
            </Button>
          }
        >
          <div className="far">
            <span>{t(w.far, { n: index + 1, all: all.length })}</span>
            <progress value={index + 1} max={all.length} aria-hidden="true" />
          </div>
          <FieldInput
            key={field.key}
            field={field}
            question
            value={draft.answers[field.key]}
            answers={draft.answers}
            fault={fault}
            known={
              filled
                ? t(w.from, { from: field.knownFrom ? t(field.knownFrom) : spoken(from.from, lang) })
                : undefined
            }
            onChange={(value) => {
              setFault(undefined);
              draft.set(field.key, value);
              known.follow(field.key, value);
            }}
          />
        </Screen>
      </form>
    </FormProvider>
  );
}

/** What the system knows of the answers; put into the draft once where nothing stands yet. */
function useKnown(service: Service, draft: Draft) {
  const asked = useAnswer<{ items: readonly Known[] }>(addressOf("/me/known"), { staleTime: 300_000 });
  const items = asked.data?.items ?? [];
  const facts = knownAmong(service.fields, items, draft.answers);
  const missing = [...facts].filter(([key]) => draft.answers[key] === undefined);
  const [filled, setFilled] = useState(false);
  useEffect(() => {
    if (filled || !asked.data) return;
    setFilled(true);
    if (missing.length > 0)
      draft.fillIn(Object.fromEntries(missing.map(([key, item]) => [key, item.value])) as Answers);
  }, [filled, asked.data, missing, draft]);
  /** An answer on which facts hang has changed: those that hold no more go, those that hold now come. */
  const follow = (key: string, value: unknown): void => {
    const answers = { ...draft.answers, [key]: value };
    const now = knownAmong(service.fields, items, answers);
    for (const hanging of service.fields.filter((one) => one.knownWhen?.key === key)) {
      const before = facts.get(hanging.key);
      const after = now.get(hanging.key);
      const stands = draft.answers[hanging.key];
      if (!after && before && sameAnswer(stands, before.value)) draft.set(hanging.key, undefined);
      else if (after && stands === undefined) draft.set(hanging.key, after.value);
    }
  };
  return { facts, follow };
}
