import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { actionId, addressOf, post, sentenceOf } from "../shared/api.ts";
import { count } from "../shared/format.ts";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useForget } from "../shared/query.tsx";
import { Button, Note } from "../shared/ui.tsx";
import { Dialog } from "./parts/dialog.tsx";
import type { DeskCase, InboxCase, InboxItem } from "./types.ts";
import "./together.css";

const w = words({
  all: { zh: "全选本页可一并办的（{n}）", en: "Choose all on this page that may be taken together ({n})" },
  bar: { zh: "一并办理", en: "Taken together" },
  take: { zh: "{what}（{n}）", en: "{what} ({n})" },
  none: { zh: "不选了", en: "Choose none" },
  title: { zh: "{what}：{service}，{n} 件", en: "{what}: {service}, {n} cases" },
  sure: {
    zh: "对下面 {n} 件「{service}」逐件办理「{what}」。每件各自记录，各自通知申请人；办不成的一件不影响其他件。",
    en: "“{what}” is taken for these {n} cases of “{service}”, one after another. Each is recorded and its applicant told by itself; one that is refused stops none of the others.",
  },
  go: { zh: "确定{what} {n} 件", en: "Confirm: {what}, {n} cases" },
  notNow: { zh: "先不办", en: "Not now" },
  running: { zh: "正在办第 {n} 件，共 {all} 件", en: "Taking {n} of {all}" },
  stop: { zh: "办完这一件就停", en: "Stop after this one" },
  finished: { zh: "办成 {done} 件，没办成 {failed} 件", en: "{done} done, {failed} not done" },
  finishedAll: { zh: "{done} 件都办成了", en: "All {done} are done" },
  left: { zh: "，停下没办 {n} 件", en: ", {n} left as they were" },
  kept: {
    zh: "没办成的，还等您办的仍然选着；可以打开看一看，或者再办一次。",
    en: "What was not done and still waits for you stays chosen. Open each, or try again.",
  },
  done: { zh: "已办：{what}", en: "Done: {what}" },
  waits: { zh: "没有办", en: "Not taken" },
  again: { zh: "再办没办成的 {n} 件", en: "Try the {n} again" },
  close: { zh: "好了", en: "Close" },
});

/** A case of the inbox whose step lets officers take an action for several at once. */
export type TogetherCase = InboxCase & { readonly together: NonNullable<InboxCase["together"]> };

/** Cases chosen for one action of one service. */
interface Lot {
  readonly key: string;
  readonly of: TogetherCase["together"];
  readonly service: InboxCase["serviceTitle"];
  readonly cases: readonly TogetherCase[];
}

/** What may be chosen of some lines of the inbox. */
export function choosable(rows: readonly InboxItem[]): readonly TogetherCase[] {
  return rows.filter((one): one is TogetherCase => one.kind === "case" && one.together !== undefined);
}

function lotsOf(cases: readonly TogetherCase[]): readonly Lot[] {
  const lots = new Map<string, Lot>();
  for (const one of cases) {
    const key = `${one.service} ${one.step} ${one.together.name}`;
    const { cases: before = [] } = lots.get(key) ?? {};
    lots.set(key, { key, of: one.together, service: one.serviceTitle, cases: [...before, one] });
  }
  return [...lots.values()];
}

/** Above the rows: choose all of the page, and take what is chosen. Stands while anything may be taken together. */
export function TogetherBar(props: {
  /** The lines shown that may be chosen. */
  readonly rows: readonly TogetherCase[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: readonly string[]) => void;
}): ReactNode {
  const { t } = useLang();
  const [lot, setLot] = useState<Lot>();
  const { rows, chosen } = props;
  const picked = rows.filter(({ id }) => chosen.has(id));
  const some = picked.length > 0 && picked.length < rows.length;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = some;
  }, [some]);
  if (rows.length === 0 && !lot) return null;
  return (
    <section className="together" aria-label={t(w.bar)}>
      {rows.length > 0 && (
        <label>
          <input
            ref={box}
            type="checkbox"
            checked={picked.length > 0 && !some}
            onChange={({ target }) => props.onChoose(target.checked ? rows.map(({ id }) => id) : [])}
          />
          {t(w.all, { n: count(rows.length) })}
        </label>
      )}
      {picked.length > 0 && (
        <div className="row-of">
          {lotsOf(picked).map((one) => (
            <Button key={one.key} kind="primary" onClick={() => setLot(one)}>
              {t(w.take, { what: t(one.of.title), n: count(one.cases.length) })}
            </Button>
          ))}
          <Button kind="quiet" onClick={() => props.onChoose([])}>
            {t(w.none)}
          </Button>
        </div>
      )}
      {lot && (
        <TakeTogether
          lot={lot}
          onDone={(ids) => props.onChoose([...chosen].filter((id) => !ids.includes(id)))}
          onClose={() => setLot(undefined)}
        />
      )}
    </section>
  );
}

/** What became of one: done, or the sentence of its refusal. */
type Outcome = { readonly refusal: unknown } | "done";

/** One action for several cases: asked once, sent one after another, and told of each. */
function TakeTogether(props: {
  readonly lot: Lot;
  /** The cases that were done. */
  readonly onDone: (ids: readonly string[]) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { lot } = props;
  const { lang, t } = useLang();
  const client = useQueryClient();
  const forget = useForget();
  // Sent again, an action that was done after all is not done twice.
  const [ids] = useState(() => new Map(lot.cases.map((one) => [one.id, actionId()])));
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [at, setAt] = useState<{ readonly n: number; readonly all: number }>();
  const [over, setOver] = useState(false);
  const stopped = useRef(false);
  const words = { what: t(lot.of.title), service: t(lot.service), n: count(lot.cases.length) };
  const undone = lot.cases.filter(({ id }) => outcomes.get(id) !== "done");
  const run = async (): Promise<void> => {
    stopped.current = false;
    setOver(false);
    const done: string[] = [];
    for (const [index, one] of undone.entries()) {
      if (stopped.current) break;
      setAt({ n: index + 1, all: undone.length });
      const outcome = await take(one);
      if (outcome === "done") done.push(one.id);
      setOutcomes((old) => new Map(old).set(one.id, outcome));
    }
    setAt(undefined);
    setOver(true);
    props.onDone(done);
    void forget("/api/inbox", "/api/cases?", "/api/notices");
  };
  const take = async (one: TogetherCase): Promise<Outcome> => {
    try {
      const body = { id: ids.get(one.id), name: one.together.name, answers: {} };
      const after = await post<DeskCase>("/cases/:id/actions", { id: one.id }, body);
      client.setQueryData([addressOf("/cases/:id", { id: one.id })], after);
      return "done";
    } catch (refusal) {
      return { refusal };
    }
  };
  const stop = (): void => {
    stopped.current = true;
  };
  // Going away leaves what was not sent yet as it is.
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );
  const close = (): void => (at ? stop() : props.onClose());
  const done = lot.cases.length - undone.length;
  const failed = undone.filter(({ id }) => outcomes.has(id)).length;
  const left = undone.length - failed;
  return (
    <Dialog title={t(w.title, words)} onClose={close}>
      {!over && !at && <p>{t(w.sure, words)}</p>}
      {!over && !at && lot.of.confirm && <Note>{t(lot.of.confirm)}</Note>}
      <div role="status">
        {at && (
          <>
            <p>{t(w.running, { n: count(at.n), all: count(at.all) })}</p>
            <progress
              max={at.all}
              value={at.n - 1}
              aria-label={t(w.running, { n: count(at.n), all: count(at.all) })}
            />
          </>
        )}
        {over && (
          <Note kind={undone.length === 0 ? "good" : "warn"}>
            <p>
              {undone.length === 0
                ? t(w.finishedAll, { done: count(done) })
                : t(w.finished, { done: count(done), failed: count(failed) })}
              {left > 0 && t(w.left, { n: count(left) })}
              {lang === "zh" ? "。" : "."}
            </p>
            {undone.length > 0 && <p>{t(w.kept)}</p>}
          </Note>
        )}
      </div>
      <ul className="together-list">
        {lot.cases.map((one) => {
          const outcome = outcomes.get(one.id);
          return (
            <li key={one.id}>
              {at ? (
                <span>
                  {one.applicantName} · {one.number}
                </span>
              ) : (
                <Link
                  to="/inbox"
                  search={
                    ((old: Record<string, string>) => ({ ...old, open: one.id, as: undefined })) as never
                  }
                  onClick={props.onClose}
                >
                  {one.applicantName} · {one.number}
                </Link>
              )}
              {outcome === "done" ? (
                <span className="good">
                  <Icon name="check" /> {t(w.done, { what: words.what })}
                </span>
              ) : outcome ? (
                <span className="bad">
                  <Icon name="stop" /> {sentenceOf(outcome.refusal, lang)}
                </span>
              ) : (
                <span className="muted">{over ? t(w.waits) : one.unitName}</span>
              )}
            </li>
          );
        })}
      </ul>
      <div className="buttons">
        {at ? (
          <Button onClick={stop}>{t(w.stop)}</Button>
        ) : over ? (
          <>
            <Button kind="primary" onClick={props.onClose}>
              {t(w.close)}
            </Button>
            {undone.length > 0 && (
              <Button onClick={() => void run()}>{t(w.again, { n: count(undone.length) })}</Button>
            )}
          </>
        ) : (
          <>
            <Button kind="primary" onClick={() => void run()}>
              {t(w.go, words)}
            </Button>
            <Button onClick={props.onClose}>{t(w.notNow)}</Button>
          </>
        )}
      </div>
    </Dialog>
  );
}
