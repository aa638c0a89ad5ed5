import { type ReactNode, useState } from "react";
import { addressOf, Problem } from "../shared/api.ts";
import { Icon } from "../shared/icons.tsx";
import { spoken, useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { go, usePlaces } from "../shared/router.tsx";
import type { Verified } from "../shared/types.ts";
import { Awaited, Button, Facts, Note } from "../shared/ui.tsx";
import { Page } from "./frame.tsx";
import { to } from "./to.ts";
import "../shared/fields/fields.css";

const w = words({
  title: { zh: "核验", en: "Verify" },
  why: {
    zh: "核对会员卡、批复、公示或每日校验码是不是真的。扫二维码会直接打开这里，也可以手工输入编码。",
    en: "Check that a member card, a letter, a notice or a daily root is genuine. A scanned code opens this page; it can also be typed in.",
  },
  code: { zh: "编码", en: "Code" },
  check: { zh: "核验", en: "Check" },
  good: { zh: "真实有效", en: "Genuine and valid" },
  bad: { zh: "无效", en: "Not valid" },
  unknown: {
    zh: "没有查到这个编码。请核对有没有抄错；仍查不到的，不要当作有效凭证。",
    en: "This code is not known. Check for typing errors; if it stays unknown, do not accept it.",
  },
  kinds: { zh: "种类", en: "Kind" },
});

const kinds: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  card: { zh: "会员卡", en: "Member card" },
  letter: { zh: "批复、函件", en: "Letter" },
  notice: { zh: "公示", en: "Notice" },
  root: { zh: "每日校验码", en: "Daily root" },
};

/** Checks a code that stands on a card, a letter, a notice, or closes a day's records. */
export default function Verify(): ReactNode {
  const { t } = useLang();
  const { code = "" } = usePlaces();
  const [typed, setTyped] = useState(code);
  return (
    <Page title={t(w.title)}>
      <p className="soft" style={{ margin: "-8px 0 24px" }}>
        {t(w.why)}
      </p>
      <form
        className="no-print"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== "") go(to.verified(typed.trim()));
        }}
      >
        <div className="field">
          <label htmlFor="code">{t(w.code)}</label>
          <input
            id="code"
            className="input"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
        <p style={{ marginTop: 16 }}>
          <Button kind={code === "" ? "primary" : "normal"} type="submit">
            {t(w.check)}
          </Button>
        </p>
      </form>
      {code !== "" && <Verdict code={code} />}
    </Page>
  );
}

function Verdict({ code }: { readonly code: string }): ReactNode {
  const { t, lang } = useLang();
  const found = useAnswer<Verified>(addressOf("/public/verify/:code", { code }), { staleTime: 0 });
  const unknown = found.error instanceof Problem && [400, 404, 422].includes(found.error.status);
  return (
    <section className="section" aria-live="polite">
      {unknown ? (
        <Note kind="bad" alert>
          {t(w.unknown)}
        </Note>
      ) : (
        <Awaited of={found} lines={4}>
          {(answer) => (
            <div className="card">
              <p className={answer.valid ? "verdict good" : "verdict bad"}>
                <Icon name={answer.valid ? "shield" : "stop"} />
                {t(answer.valid ? w.good : w.bad)}
              </p>
              <Facts
                of={[
                  { label: t(w.kinds), value: kinds[answer.kind]?.[lang] ?? answer.kind },
                  ...answer.facts.map(({ label, value }) => ({
                    label: t(label),
                    value: spoken(value, lang),
                  })),
                ]}
              />
            </div>
          )}
        </Awaited>
      )}
    </section>
  );
}
