import { type ReactNode, useState } from "react";
import { actionId, post } from "../shared/api.ts";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useForget } from "../shared/query.tsx";
import type { CasePage } from "../shared/types.ts";
import { Button, Failed, Note } from "../shared/ui.tsx";
import "./case.css";

const w = words({
  title: { zh: "办得怎么样？", en: "How did it go?" },
  why: {
    zh: "您的评价计入统计，帮助改进。",
    en: "Your rating counts in the figures and helps to do better.",
  },
  star: { zh: "{n} 星：{word}", en: "{n} of 5: {word}" },
  text: { zh: "想说的话（可不填）", en: "Anything to add (optional)" },
  send: { zh: "提交评价", en: "Send" },
  done: { zh: "您评了 {n} 星。谢谢。", en: "You gave {n} of 5. Thank you." },
});

const meanings = [
  { zh: "很不满意", en: "very bad" },
  { zh: "不满意", en: "bad" },
  { zh: "一般", en: "fair" },
  { zh: "满意", en: "good" },
  { zh: "很满意", en: "very good" },
] as const;

/** The stars given, however the server says them. */
function ratingOf(rating: CasePage["rating"]): number | undefined {
  return typeof rating === "number" ? rating : (rating?.stars ?? undefined);
}

/** Stars and a word for a case that is over; what was given, once given. */
export function RateCase({ page }: { readonly page: CasePage }): ReactNode {
  const { t } = useLang();
  const forget = useForget();
  const [stars, setStars] = useState(0);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [id] = useState(actionId);
  const given = ratingOf(page.rating) ?? page.case.rating ?? undefined;
  if (given) {
    return (
      <section className="section">
        <Note kind="good">{t(w.done, { n: given })}</Note>
      </section>
    );
  }
  if (!page.may.some(({ name, allowed }) => name === "rate" && allowed)) return null;
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await post(
        "/cases/:id/rating",
        { id: page.case.id },
        { id, stars, ...(text.trim() && { text: text.trim() }) },
      );
      await forget("/api/cases", "/api/me");
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="section card no-print" aria-labelledby="rate-title">
      <h2 id="rate-title" style={{ fontSize: "1.125rem" }}>
        {t(w.title)}
      </h2>
      <p className="soft">{t(w.why)}</p>
      <fieldset>
        <legend className="only-read">{t(w.title)}</legend>
        <div className="stars">
          {meanings.map((word, index) => (
            <label key={word.en} className={index < stars ? "lit" : ""}>
              <input
                type="radio"
                name="stars"
                checked={stars === index + 1}
                onChange={() => setStars(index + 1)}
                aria-label={t(w.star, { n: index + 1, word: t(word) })}
              />
              <Icon name="star" />
            </label>
          ))}
        </div>
        <p className="strong" role="status" style={{ minHeight: "1.6em" }}>
          {stars > 0 ? t(meanings[(stars - 1) as 0 | 1 | 2 | 3 | 4]) : ""}
        </p>
      </fieldset>
      {stars > 0 && (
        <>
          <label htmlFor="rate-text">{t(w.text)}</label>
          <textarea
            id="rate-text"
            className="input"
            style={{ minHeight: 96, marginBottom: 16 }}
            maxLength={500}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {problem !== undefined && <Failed error={problem} />}
          <Button kind="primary" wide busy={busy} onClick={() => void send()}>
            {t(w.send)}
          </Button>
        </>
      )}
    </section>
  );
}
