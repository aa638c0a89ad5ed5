import { type ReactNode, useState } from "react";
import { actionId, addressOf, fieldProblem, post } from "./api.ts";
import { FieldInput, FormProvider } from "./fields/field.tsx";
import { Icon } from "./icons.tsx";
import { useLang, words } from "./lang.tsx";
import { useAnswer } from "./query.tsx";
import type { Field, NoticeLine } from "./types.ts";
import { Awaited, Button, ButtonLink, Failed, Note } from "./ui.tsx";
import "./notices.css";

const w = words({
  title: { zh: "提出异议", en: "Raise an objection" },
  about: { zh: "针对：{title}", en: "About: {title}" },
  text: { zh: "您的意见和依据", en: "What you object to, and why" },
  textHelp: {
    zh: "写清楚您知道的事实，便于核查。",
    en: "Write what you know, so that it can be looked into.",
  },
  name: { zh: "姓名", en: "Your name" },
  phone: { zh: "电话", en: "Telephone" },
  contactHelp: {
    zh: "可以不填。填了也加密封存，工会的人在系统里看不到。",
    en: "You may leave it empty. It is sealed: nobody at the union can see it in the system.",
  },
  send: { zh: "提交", en: "Send" },
  done: { zh: "已经收到", en: "We have it" },
  keep: {
    zh: "这是您的查询码，查答复要用它。只显示这一次，请抄下或截图保存。",
    en: "This is your receipt code. You look up the answer with it. It is shown only once: write it down or take a picture of the screen.",
  },
  stop: {
    zh: "查清之前，这件事不会往下走。",
    en: "Until it has been looked into, the matter goes no further.",
  },
  print: { zh: "打印", en: "Print" },
  see: { zh: "查看答复", en: "Look up the answer" },
  empty: { zh: "请写下您的意见。", en: "Please write what you object to." },
});

const fields: readonly Field[] = [
  { key: "text", kind: "longText", label: w.text, help: w.textHelp, required: true, maxLength: 2_000 },
  { key: "name", kind: "text", label: w.name, help: w.contactHelp, required: false, maxLength: 60 },
  { key: "phone", kind: "phone", label: w.phone, required: false },
];

/**
 * An objection, with or without a name; the code that comes back is the only key to its answer. `under` is where the
 * notices are asked for, and `frame` draws the page around what is to be done.
 */
export function RaiseObjection(props: {
  readonly under: "/public/notices" | "/me/notices";
  readonly id: string;
  readonly answerAt: string;
  readonly frame: (title: string, content: ReactNode) => ReactNode;
}): ReactNode {
  const { t } = useLang();
  const { id, under, frame } = props;
  const notice = useAnswer<NoticeLine>(addressOf(`${under}/:id`, { id }));
  const [answers, setAnswers] = useState<Readonly<Record<string, unknown>>>({});
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const [receipt, setReceipt] = useState<string | undefined>(undefined);
  const [request] = useState(actionId);

  const send = async (): Promise<void> => {
    setProblem(undefined);
    if (String(answers.text ?? "").trim() === "") return setFault(t(w.empty));
    setBusy(true);
    try {
      const answer = await post<{ receipt: string }>(
        `${under}/:id/objections`,
        { id },
        { id: request, ...answers },
      );
      setReceipt(answer.receipt);
      scrollTo(0, 0);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  if (receipt !== undefined) {
    return frame(
      t(w.done),
      <>
        <Note kind="good">
          <p>{t(w.stop)}</p>
        </Note>
        <p style={{ marginTop: 24 }}>{t(w.keep)}</p>
        <output className="receipt" style={{ display: "block" }}>
          {receipt}
        </output>
        <div className="buttons">
          <Button onClick={() => print()}>
            <Icon name="print" />
            {t(w.print)}
          </Button>
          <ButtonLink to={props.answerAt}>{t(w.see)}</ButtonLink>
        </div>
      </>,
    );
  }
  return frame(
    t(w.title),
    <>
      <Awaited of={notice} lines={1}>
        {(found) => <p className="soft">{t(w.about, { title: t(found.title) })}</p>}
      </Awaited>
      <FormProvider value={{ today: "", fictitious: true }}>
        <form
          className="form section"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          {problem !== undefined && <Failed error={problem} />}
          {fields.map((field) => (
            <FieldInput
              key={field.key}
              field={field}
              value={answers[field.key]}
              fault={(field.key === "text" ? fault : undefined) ?? fieldProblem(problem, field.key)}
              onChange={(value) => {
                setFault(undefined);
                setAnswers((old) => ({ ...old, [field.key]: value }));
              }}
            />
          ))}
          <div>
            <Button kind="primary" type="submit" busy={busy}>
              {t(w.send)}
            </Button>
          </div>
        </form>
      </FormProvider>
    </>,
  );
}
