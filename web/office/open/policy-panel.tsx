import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { actionId, addressOf, type Problem, put } from "../../shared/api.ts";
import { day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Field, Offer } from "../../shared/types.ts";
import { Note } from "../../shared/ui.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { useOfficer } from "../parts/me.tsx";
import { PolicyValue, valueWords } from "../parts/policy-value.tsx";
import { useSay } from "../parts/said.tsx";
import type { Page } from "../units/types.ts";
import type { PolicyItem } from "./policies.tsx";

const w = words({
  set: { zh: "为本级设定", en: "Set it here" },
  setTitle: { zh: "设定「{title}」", en: "Set “{title}”" },
  chain: { zh: "从哪里来", en: "Where it comes from" },
  nation: { zh: "全国（系统默认）", en: "The nation (built in)" },
  since: { zh: "{day} 起", en: "from {day}" },
  inherits: { zh: "沿用上级", en: "follows above" },
  source: { zh: "出处", en: "Written in" },
  history: { zh: "历史和将来", en: "What was and will be" },
  noHistory: { zh: "没有人改过，用的是系统默认。", en: "Nobody has changed it: the built-in value holds." },
  replaced: { zh: "已被替代", en: "superseded" },
  value: { zh: "新的值", en: "New value" },
  back: { zh: "交还上级（沿用上级的值）", en: "Hand it back to the union above" },
  from: { zh: "从哪天起", en: "From which day" },
  document: { zh: "依据文件", en: "Document" },
  article: { zh: "条款", en: "Article" },
  page: { zh: "页", en: "Page" },
  tag: { zh: "确定程度", en: "How sure" },
  V: { zh: "已核原文", en: "Verified in its text" },
  K: { zh: "通行做法", en: "Common practice" },
  U: { zh: "待确认", en: "To confirm" },
  D: { zh: "本系统设计", en: "A choice of this system" },
  saved: { zh: "已设定，{day} 起生效", en: "Set; it holds from {day}" },
  confirm: {
    zh: "只影响生效日以后新提出的办件，在办的按原来的办。",
    en: "It touches only cases opened from that day; open cases keep theirs.",
  },
  count: { zh: "天数", en: "Days" },
  unit: { zh: "按什么算", en: "Counted in" },
  working: { zh: "工作日", en: "Working days" },
  calendar: { zh: "自然日", en: "Calendar days" },
  month: { zh: "月", en: "Months" },
  json: { zh: "值（JSON）", en: "Value (JSON)" },
  jsonHelp: { zh: "表格类的值，按现在的结构改。", en: "A table: keep its present shape." },
  badJson: { zh: "这不是 JSON。", en: "This is not JSON." },
});

/** One policy: its value, the way it comes down the tree, its source, its history, and the form to set it. */
export function PolicyPanel(props: {
  readonly item: PolicyItem;
  readonly place: { readonly id: string; readonly name: string };
}): ReactNode {
  const { lang, t } = useLang();
  const [setting, setSetting] = useState(false);
  const { item, place } = props;
  const detail = item.sourceDetail;
  return (
    <section className="panel" aria-label={t(item.title)}>
      <div className="panel-head">
        <h2>{t(item.title)}</h2>
        {item.maySet && (
          <span className="acts">
            <button type="button" className="button primary" onClick={() => setSetting(true)}>
              {t(w.set)}
            </button>
          </span>
        )}
      </div>
      <p className="muted">{t(item.help)}</p>
      <p className="policy-value" style={{ margin: "10px 0" }}>
        <PolicyValue kind={item.type.kind} value={item.value} type={item.type} />
      </p>
      <h3 className="small muted">{t(w.chain)}</h3>
      <Chain item={item} place={place} />
      <dl className="facts wide">
        <dt>{t(w.source)}</dt>
        <dd>
          {item.source} <span className="changed">{t(w[detail.tag ?? "V"])}</span>
        </dd>
      </dl>
      <h3 className="small muted" style={{ marginTop: 14 }}>
        {t(w.history)}
      </h3>
      {item.history.length === 0 ? (
        <p className="muted">{t(w.noHistory)}</p>
      ) : (
        <table className="inner">
          <tbody>
            {item.history.map((row) => (
              <tr key={row.id}>
                <td className="number">{day(row.from, lang, "table")}</td>
                <td>{row.place.name[lang]}</td>
                <td>
                  {row.value === null ? (
                    t(w.inherits)
                  ) : (
                    <PolicyValue kind={item.type.kind} value={row.value} type={item.type} />
                  )}
                </td>
                <td className="muted">
                  {row.source} {row.superseded && `· ${t(w.replaced)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!item.maySet && item.refusal && (
        <div style={{ marginTop: 12 }}>
          <Note>{item.refusal.detail}</Note>
        </div>
      )}
      {setting && <SetPolicy item={item} place={place} onClose={() => setSetting(false)} />}
    </section>
  );
}

/** The union and all above it, from the nation down: which set a value, and which one rules here. */
function Chain({
  item,
  place,
}: {
  readonly item: PolicyItem;
  readonly place: { readonly id: string; readonly name: string };
}): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const unit = useAnswer<Page>(addressOf("/units/:id", { id: place.id }), { staleTime: 300_000 });
  const above = unit.data?.ancestors ?? [];
  const stations = [
    { id: null as string | null, name: t(w.nation) },
    ...above.map((one) => ({ id: one.id as string | null, name: one.name })),
    { id: place.id as string | null, name: place.name },
  ];
  return (
    <ol className="inherit">
      {stations.map((one) => {
        const row = item.history.find(
          (past) =>
            past.place.id === one.id &&
            !past.superseded &&
            past.from <= me.installation.today &&
            one.id !== null,
        );
        const rules = item.place.id === one.id;
        return (
          <li
            key={one.id ?? "nation"}
            className={rules ? "rules" : row && row.value !== null ? "sets" : undefined}
          >
            <span className="clip">{one.name}</span>
            <span className="number">
              {rules
                ? (valueWords(item.type.kind, item.value, lang, item.type) ?? "✓")
                : row && row.value !== null
                  ? valueWords(item.type.kind, row.value, lang, item.type)
                  : one.id === null
                    ? ""
                    : t(w.inherits)}
              {rules && item.from && (
                <span className="muted small"> {t(w.since, { day: day(item.from, lang, "table") })}</span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function SetPolicy(props: {
  readonly item: PolicyItem;
  readonly place: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const { item, place } = props;
  const [id] = useState(actionId);
  const [badJson, setBadJson] = useState(false);
  const set = useMutation<unknown, Problem, Answers>({
    mutationFn: (answers) =>
      put(
        "/policies",
        {},
        {
          id,
          key: item.key,
          unitId: place.id,
          value: answers.back === true ? null : valueFrom(item, answers),
          from: answers.from,
          source: {
            document: answers.document,
            ...(answers.article !== undefined && { article: answers.article }),
            ...(answers.page !== undefined && { page: answers.page }),
            tag: answers.tag ?? "V",
          },
        },
      ),
    onSuccess: async (_, answers) => {
      say(t(w.saved, { day: day(String(answers.from), lang) }));
      props.onClose();
      await forget("/api/policies");
    },
  });
  const offer: Offer = {
    name: "set",
    title: {
      zh: w.setTitle.zh.replace("{title}", item.title.zh),
      en: w.setTitle.en.replace("{title}", item.title.en),
    },
    kind: "primary",
    allowed: true,
    confirm: w.confirm,
    fields: [
      // A value of its own may be handed back; then no new one is asked.
      ...(item.inherited ? [] : [{ key: "back", kind: "yesNo" as const, label: w.back, required: true }]),
      ...valueFields(item).map((field) =>
        item.inherited ? field : { ...field, showWhen: { key: "back", in: [false] } },
      ),
      { key: "from", kind: "day", label: w.from, required: true },
      { key: "document", kind: "text", label: w.document, required: true, maxLength: 300 },
      { key: "article", kind: "text", label: w.article, required: false, maxLength: 60 },
      { key: "page", kind: "text", label: w.page, required: false, maxLength: 60 },
      {
        key: "tag",
        kind: "oneOf",
        label: w.tag,
        required: true,
        options: (["V", "K", "U", "D"] as const).map((value) => ({ value, label: w[value] })),
      },
    ],
  };
  return (
    <ActForm
      offer={offer}
      subject={place.name}
      first={{
        ...firstOf(item),
        ...(!item.inherited && { back: false }),
        from: me.installation.today,
        tag: "V",
      }}
      busy={set.isPending}
      error={set.error}
      onClose={props.onClose}
      onAct={(answers) => {
        const bad = isTable(item) && answers.back !== true && !isJson(answers.value);
        setBadJson(bad);
        if (!bad) set.mutate(answers);
      }}
    >
      {badJson && <Note kind="bad">{t(w.badJson)}</Note>}
    </ActForm>
  );
}

function isTable(item: PolicyItem): boolean {
  return item.type.kind === "json";
}

function isJson(text: unknown): boolean {
  try {
    JSON.parse(String(text));
    return true;
  } catch {
    return false;
  }
}

interface Days {
  readonly days?: number;
  readonly months?: number;
  readonly unit?: string;
}

/** The controls for a value of the policy's type. */
function valueFields(item: PolicyItem): readonly Field[] {
  const { type } = item;
  const one = (kind: Field["kind"], more: Partial<Field> = {}): readonly Field[] => [
    {
      key: kind === "money" ? "valueFen" : "value",
      kind,
      label: type.unit
        ? { zh: `${w.value.zh}（${type.unit.zh}）`, en: `${w.value.en} (${type.unit.en})` }
        : w.value,
      required: true,
      ...(type.min !== undefined && { min: type.min }),
      ...(type.max !== undefined && { max: type.max }),
      ...more,
    },
  ];
  switch (type.kind) {
    case "integer":
    case "percent":
    case "money":
      return one(type.kind);
    case "yesNo":
      return one("yesNo");
    case "oneOf":
      return one("oneOf", {
        options: (type.options ?? []).map(({ value, title }) => ({ value, label: title })),
      });
    case "days":
      return [
        { key: "count", kind: "integer", label: w.count, required: true, min: 0, max: 3660 },
        {
          key: "unit",
          kind: "oneOf",
          label: w.unit,
          required: true,
          options: (["working", "calendar", "month"] as const).map((value) => ({ value, label: w[value] })),
        },
      ];
    case "json":
      return [
        {
          key: "value",
          kind: "longText",
          label: w.json,
          help: w.jsonHelp,
          required: true,
          maxLength: 20_000,
        },
      ];
    default:
      return [{ key: "value", kind: "text", label: w.value, required: true, maxLength: 200 }];
  }
}

/** The form begins with the value that holds now. */
function firstOf(item: PolicyItem): Answers {
  const { value, type } = item;
  if (value === null || value === undefined) return {};
  if (type.kind === "days") {
    const rule = value as Days;
    return { count: rule.days ?? rule.months, unit: rule.unit };
  }
  if (type.kind === "money") return { valueFen: value };
  return { value: type.kind === "json" ? JSON.stringify(value, null, 2) : value };
}

function valueFrom(item: PolicyItem, answers: Answers): unknown {
  const kept = (item.value ?? {}) as { readonly rollForward?: boolean };
  switch (item.type.kind) {
    case "days":
      return {
        ...(answers.unit === "month" ? { months: answers.count } : { days: answers.count }),
        unit: answers.unit,
        ...(kept.rollForward !== undefined && { rollForward: kept.rollForward }),
      };
    case "money":
      return answers.valueFen;
    case "json":
      return JSON.parse(String(answers.value));
    default:
      return answers.value;
  }
}
