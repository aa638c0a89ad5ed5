import { type ReactNode, useState } from "react";
import type { Text } from "../../src/kernel/words.ts";
import { post } from "./api.ts";
import { day } from "./format.ts";
import { useLang, words } from "./lang.tsx";
import { Button, Facts, Failed } from "./ui.tsx";
import "./fields/fields.css";

const w = words({
  code: { zh: "查询码", en: "Receipt code" },
  help: {
    zh: "提出异议时给您的那一串。不会出现在网址里。",
    en: "The code you were given. It never stands in an address.",
  },
  look: { zh: "查询", en: "Look up" },
  state: { zh: "进展", en: "Where it stands" },
  finding: { zh: "结论", en: "Finding" },
  note: { zh: "说明", en: "Explanation" },
  raised: { zh: "提出日期", en: "Raised on" },
  open: { zh: "正在核查，这件事暂停办理。", en: "Being looked into; the matter is held." },
  closed: { zh: "已经核查。", en: "Looked into." },
  upheld: { zh: "异议成立，退回重新核实", en: "Upheld: the matter goes back to be checked again" },
  dismissed: { zh: "异议不成立", en: "Not upheld" },
});

interface Answer {
  readonly state: "open" | "found";
  readonly finding: string | null;
  readonly findingTitle?: Text | null;
  readonly note: string | null;
  readonly raisedOn?: string | null;
}

/** The answer to an objection, for whoever holds its code. */
export function ObjectionAnswer(): ReactNode {
  const { t, lang } = useLang();
  const [code, setCode] = useState("");
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const look = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setAnswer(undefined);
    try {
      setAnswer(await post<Answer>("/public/objections/answer", {}, { receipt: code.trim() }));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const finding = (one: string): string =>
    one === "upheld" ? t(w.upheld) : /dismiss|reject|unfounded|over/.test(one) ? t(w.dismissed) : one;
  return (
    <>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() !== "") void look();
        }}
      >
        <div className="field">
          <label htmlFor="receipt">{t(w.code)}</label>
          <p className="help" id="receipt-help">
            {t(w.help)}
          </p>
          <input
            id="receipt"
            className="input"
            autoComplete="off"
            spellCheck={false}
            aria-describedby="receipt-help"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </div>
        <div>
          <Button kind="primary" type="submit" busy={busy}>
            {t(w.look)}
          </Button>
        </div>
      </form>
      <div className="section" aria-live="polite">
        {problem !== undefined && <Failed error={problem} />}
        {answer && (
          <div className="card">
            <Facts
              of={[
                { label: t(w.state), value: t(answer.finding === null ? w.open : w.closed) },
                ...(answer.raisedOn ? [{ label: t(w.raised), value: day(answer.raisedOn, lang) }] : []),
                ...(answer.finding !== null
                  ? [
                      {
                        label: t(w.finding),
                        value: answer.findingTitle ? t(answer.findingTitle) : finding(answer.finding),
                      },
                    ]
                  : []),
                ...(answer.note ? [{ label: t(w.note), value: answer.note }] : []),
              ]}
            />
          </div>
        )}
      </div>
    </>
  );
}
