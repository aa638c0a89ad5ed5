import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { levels } from "../../../src/units/levels.ts";
import { actionId, addressOf, type Problem, post, put } from "../../shared/api.ts";
import { count } from "../../shared/format.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Field, Offer } from "../../shared/types.ts";
import { ActForm } from "../parts/act-form.tsx";
import { Menu } from "../parts/menu.tsx";
import { useSay } from "../parts/said.tsx";
import { GivePost } from "./posts.tsx";
import type { Employer, Page } from "./types.ts";

const w = words({
  acts: { zh: "办理", en: "Actions" },
  name: { zh: "名称", en: "Name" },
  shortName: { zh: "简称", en: "Short name" },
  level: { zh: "层级", en: "Level" },
  region: { zh: "行政区划代码", en: "Region code" },
  regionHelp: { zh: "6 位数字，例如 990101。", en: "Six digits, such as 990101." },
  uscc: { zh: "统一社会信用代码", en: "Credit code" },
  reason: { zh: "原因", en: "Reason" },
  termStart: { zh: "本届从", en: "Term from" },
  termEnd: { zh: "本届到", en: "Term until" },
  employer: { zh: "用人单位名称", en: "Employer" },
  employees: { zh: "职工人数", en: "Workers" },
  employeesHelp: { zh: "入会率按它计算。", en: "The membership rate is reckoned by it." },
  women: { zh: "其中女职工", en: "Women among them" },
  newParent: { zh: "新的上级工会", en: "The new superior union" },
  moveWarn: {
    zh: "连同下级 {units} 个组织、{members} 名会员，以及全部办件和账目，一起归到新的上级。",
    en: "With it go {units} unions directly below, {members} members, and all their cases and books.",
  },
  done: { zh: "已办：{what}", en: "Done: {what}" },
});

/** What may be done to a union; what may not is grey and says why. */
export function UnitActions(props: {
  readonly unit: Page;
  readonly open: string | undefined;
  readonly onOpen: (name: string | undefined) => void;
}): ReactNode {
  const { t } = useLang();
  const navigate = useNavigate();
  const { unit, open, onOpen } = props;
  const close = (): void => onOpen(undefined);
  const offer = unit.may.find((one) => one.name === open);
  const choose = (name: string): void => {
    if (name === "import")
      void navigate({ to: "/imports/new", search: { unit: unit.id, kind: "units" } as never });
    else onOpen(name);
  };
  return (
    <div className="acts">
      {unit.may
        .filter((one) => one.kind === "primary" && one.allowed)
        .map((one) => (
          <button key={one.name} type="button" className="button primary" onClick={() => choose(one.name)}>
            {t(one.title)}
          </button>
        ))}
      <Menu
        className="button"
        button={
          <>
            {t(w.acts)}
            <Icon name="settings" />
          </>
        }
      >
        {unit.may
          .filter((one) => one.kind !== "primary" || !one.allowed)
          .map((one) => (
            <button
              key={one.name}
              type="button"
              aria-disabled={!one.allowed}
              style={one.allowed ? undefined : { color: "var(--ink-2)", display: "block", maxWidth: 300 }}
              onClick={() => one.allowed && choose(one.name)}
            >
              {t(one.title)}
              {!one.allowed && (
                <span className="small" style={{ display: "block" }}>
                  {one.refusal?.detail}
                </span>
              )}
            </button>
          ))}
      </Menu>
      {open === "givePost" && <GivePost unit={unit} onClose={close} />}
      {offer && open !== "givePost" && (
        <UnitForm unit={unit} name={offer.name} title={offer.title} kind={offer.kind} onClose={close} />
      )}
    </div>
  );
}

function UnitForm(props: {
  readonly unit: Page;
  readonly name: string;
  readonly title: Offer["title"];
  readonly kind: Offer["kind"];
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const client = useQueryClient();
  const forget = useForget();
  const navigate = useNavigate();
  const [id] = useState(actionId);
  const { unit, name } = props;
  const shape = shapeOf(unit, name);
  const all = useAnswer<{ readonly total?: number }>(addressOf("/units", {}, { under: unit.id, limit: 1 }), {
    enabled: name === "move",
  });
  const act = useMutation<Page, Problem, Answers>({
    mutationFn: (answers) => shape.send(answers, id),
    onSuccess: async (after) => {
      client.setQueryData([addressOf("/units/:id", { id: after.id })], after);
      say(t(w.done, { what: t(props.title) }));
      props.onClose();
      await forget("/api/units", "/api/figures");
      if (after.id !== unit.id) void navigate({ to: "/units/$id", params: { id: after.id }, search: {} });
    },
  });
  const offer: Offer = {
    name,
    title: props.title,
    kind: props.kind,
    allowed: true,
    fields: shape.fields,
    ...(name === "move" && {
      confirm: {
        zh: w.moveWarn.zh
          .replace("{units}", count(Math.max(0, (all.data?.total ?? unit.children) - 1)))
          .replace("{members}", count(unit.members)),
        en: w.moveWarn.en
          .replace("{units}", count(Math.max(0, (all.data?.total ?? unit.children) - 1)))
          .replace("{members}", count(unit.members)),
      },
    }),
  };
  return (
    <ActForm
      offer={offer}
      subject={unit.name}
      first={shape.first}
      busy={act.isPending}
      error={act.error}
      onClose={props.onClose}
      onAct={(answers) => act.mutate(answers)}
    />
  );
}

interface Shape {
  readonly fields: readonly Field[];
  readonly first: Answers;
  readonly send: (answers: Answers, id: string) => Promise<Page>;
}

const text = (key: string, label: Field["label"], required: boolean, more: Partial<Field> = {}): Field => ({
  key,
  kind: "text",
  label,
  required,
  maxLength: 200,
  ...more,
});

/** What each action asks and where it is sent. */
function shapeOf(unit: Page, name: string): Shape {
  const { id } = unit;
  if (name === "addChild") {
    const rank = levels[unit.level as keyof typeof levels].rank;
    const below = Object.entries(levels).filter(([key, level]) => level.rank > rank || key === "GRASSROOTS");
    return {
      fields: [
        text("name", w.name, true, { maxLength: 100 }),
        {
          key: "level",
          kind: "oneOf",
          label: w.level,
          required: true,
          options: below.map(([value, { zh, en }]) => ({ value, label: { zh, en } })),
        },
        text("regionCode", w.region, true, { help: w.regionHelp, maxLength: 12 }),
        text("shortName", w.shortName, false),
        text("uscc", w.uscc, false, { maxLength: 40 }),
      ],
      first: { regionCode: unit.regionCode, level: below[0]?.[0] },
      send: (answers, newId) => post("/units", {}, { id: newId, parentId: id, ...answers }),
    };
  }
  if (name === "move")
    return {
      fields: [
        { key: "newParentId", kind: "unit", label: w.newParent, required: true },
        { key: "reason", kind: "longText", label: w.reason, required: true, maxLength: 500 },
      ],
      first: {},
      send: (answers) => post("/units/:id/move", { id }, answers),
    };
  if (name.startsWith("status:"))
    return {
      fields: [{ key: "reason", kind: "longText", label: w.reason, required: true, maxLength: 500 }],
      first: {},
      send: (answers) => post("/units/:id/status", { id }, { ...answers, to: name.slice("status:".length) }),
    };
  const workplace = levels[unit.level as keyof typeof levels].rank >= levels.GRASSROOTS.rank;
  return {
    fields: [
      text("name", w.name, true, { maxLength: 100 }),
      text("shortName", w.shortName, false),
      text("regionCode", w.region, true, { help: w.regionHelp, maxLength: 12 }),
      text("uscc", w.uscc, false, { maxLength: 40 }),
      { key: "termStart", kind: "day", label: w.termStart, required: false },
      { key: "termEnd", kind: "day", label: w.termEnd, required: false },
      ...(workplace ? employerFields : []),
      text("reason", w.reason, false, { maxLength: 500 }),
    ],
    first: {
      ...employerAnswers(unit),
      ...Object.fromEntries(
        (["name", "shortName", "regionCode", "uscc", "termStart", "termEnd"] as const).flatMap((key) =>
          unit[key] ? [[key, unit[key]]] : [],
        ),
      ),
    },
    send: ({ employerName, employeeCount, femaleEmployeeCount, ...answers }) =>
      put(
        "/units/:id",
        { id },
        {
          version: unit.version,
          ...answers,
          ...(employerName !== undefined && {
            employer: {
              ...employerOf(unit),
              name: employerName,
              employeeCount,
              femaleEmployeeCount,
            },
          }),
        },
      ),
  };
}

const employerFields: readonly Field[] = [
  text("employerName", w.employer, false, { maxLength: 120 }),
  {
    key: "employeeCount",
    kind: "integer",
    label: w.employees,
    help: w.employeesHelp,
    required: false,
    min: 0,
  },
  { key: "femaleEmployeeCount", kind: "integer", label: w.women, required: false, min: 0 },
];

function employerOf({ employer }: Page): Employer {
  return (employer as Employer | null) ?? {};
}

function employerAnswers(unit: Page): Answers {
  const { name, employeeCount, femaleEmployeeCount } = employerOf(unit);
  return {
    ...(name !== undefined && { employerName: name }),
    ...(employeeCount !== undefined && { employeeCount }),
    ...(femaleEmployeeCount !== undefined && { femaleEmployeeCount }),
  };
}
