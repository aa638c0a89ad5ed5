import { type ReactNode, useState } from "react";
import type { Text } from "../../src/kernel/words.ts";
import { addressOf, post } from "../shared/api.ts";
import { day } from "../shared/format.ts";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer, useForget } from "../shared/query.tsx";
import { Button, Failed } from "../shared/ui.tsx";

const w = words({
  title: { zh: "工会名册里有您，请您确认", en: "Your union’s roster names you: please confirm" },
  why: {
    zh: "{on}，{unit}把您列入了会员名册。入会要您本人自愿：确认以后才是会员，领电子会员证，享受工会的服务。",
    en: "On {on}, {unit} put you on its roster. Joining is your own choice: you are a member once you confirm, with a card and all the union offers.",
  },
  waits: {
    zh: "您不答复，这里会一直等您；在那之前您不是会员，也没有义务。",
    en: "If you do nothing it waits for you here; until then you are no member and owe nothing.",
  },
  until: {
    zh: "请在{on}前答复；不答复的，到期作废，您不会因此成为会员。",
    en: "Please answer by {on}. If you do not, the entry lapses, and you do not become a member by it.",
  },
  confirm: { zh: "确认，我自愿加入{unit}", en: "Yes, I join {unit}" },
  notSo: { zh: "情况不符", en: "This is not so" },
  which: { zh: "哪里不符", en: "What is not so" },
  choose: { zh: "请选择", en: "Please choose" },
  note: { zh: "补充说明（可不填）", en: "Anything to add (optional)" },
  told: {
    zh: "工会会看到您的说明，并更正名册。",
    en: "The union reads what you say and corrects its roster.",
  },
  send: { zh: "提交说明", en: "Send" },
  back: { zh: "返回", en: "Back" },
});

interface Entry {
  readonly id: string;
  readonly unit: { readonly id: string; readonly name: string };
  readonly since: string;
  readonly dueOn: string | null;
}

interface Entries {
  readonly items: readonly Entry[];
  readonly reasons: readonly { readonly value: string; readonly label: Text }[];
}

/** The entries of rosters that wait for the worker’s own word, and whether they are known yet. */
export function useEntries() {
  return useAnswer<Entries>(addressOf("/me/confirmations"), { staleTime: 60_000 });
}

/** What a roster says of the worker, to be confirmed or not; nothing for everybody else. */
export function Confirmations(): ReactNode {
  const entries = useEntries();
  return (
    entries.data?.items.map((entry) => (
      <Confirmation key={entry.id} entry={entry} reasons={entries.data.reasons} />
    )) ?? null
  );
}

function Confirmation({ entry, reasons }: { entry: Entry; reasons: Entries["reasons"] }): ReactNode {
  const { t, lang } = useLang();
  const forget = useForget();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const { unit, since, dueOn } = entry;
  const answer = async (said: Readonly<Record<string, unknown>>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await post("/me/confirmations/:id", { id: entry.id }, said);
      // What a member may ask for is another list.
      await forget("/api/me", "/api/services");
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card section" aria-label={t(w.title)}>
      <p className="strong">{t(w.title)}</p>
      <p className="soft">{t(w.why, { on: day(since, lang), unit: unit.name })}</p>
      <p className="soft">{dueOn ? t(w.until, { on: day(dueOn, lang) }) : t(w.waits)}</p>
      {problem !== undefined && <Failed error={problem} />}
      {refusing ? (
        <form
          className="stack"
          style={{ marginTop: 12 }}
          onSubmit={(event) => {
            event.preventDefault();
            void answer({ confirm: false, reason, ...(note.trim() && { note: note.trim() }) });
          }}
        >
          <label>
            {t(w.which)}
            <select
              className="input"
              required
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            >
              <option value="">{t(w.choose)}</option>
              {reasons.map((one) => (
                <option key={one.value} value={one.value}>
                  {t(one.label)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t(w.note)}
            <textarea
              className="input"
              style={{ minHeight: 72 }}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          </label>
          <p className="soft">{t(w.told)}</p>
          <Button kind="primary" type="submit" wide busy={busy}>
            {t(w.send)}
          </Button>
          <Button wide disabled={busy} onClick={() => setRefusing(false)}>
            {t(w.back)}
          </Button>
        </form>
      ) : (
        <div className="stack" style={{ marginTop: 12 }}>
          <Button kind="primary" wide busy={busy} onClick={() => void answer({ confirm: true })}>
            {t(w.confirm, { unit: unit.name })}
          </Button>
          <Button wide disabled={busy} onClick={() => setRefusing(true)}>
            {t(w.notSo)}
          </Button>
        </div>
      )}
    </section>
  );
}
