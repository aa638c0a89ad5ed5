import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { actionId, addressOf, type Problem, post } from "../../shared/api.ts";
import { count, moment, money } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Offer, ServiceList } from "../../shared/types.ts";
import { Empty } from "../../shared/ui.tsx";
import { ActForm } from "../parts/act-form.tsx";
import { type Column, Listing } from "../parts/listing.tsx";
import { homeUnit, unitWith, useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { usePages } from "../parts/pages.ts";
import { useSay } from "../parts/said.tsx";

const w = words({
  title: { zh: "场次", en: "Rounds" },
  open: { zh: "开放场次", en: "Open a round" },
  opened: { zh: "场次已设好", en: "The round is set" },
  end: { zh: "结束场次", en: "End the round" },
  endOne: { zh: "结束场次「{name}」", en: "End the round “{name}”" },
  ended: { zh: "场次已结束", en: "The round has ended" },
  confirmEnd: {
    zh: "结束后不能再领；候补的会员会收到未轮到的通知。已领到的名额不变。",
    en: "Nobody can claim after this, and whoever waits is told so. Places already had remain.",
  },
  none: { zh: "还没有场次。", en: "There are no rounds yet." },
  name: { zh: "名称", en: "Title" },
  service: { zh: "服务", en: "Service" },
  unit: { zh: "工会", en: "Union" },
  state: { zh: "状态", en: "State" },
  span: { zh: "领取时间", en: "Open" },
  filled: { zh: "已领 / 名额", en: "Taken / places" },
  waits: { zh: "候补", en: "Waiting" },
  each: { zh: "每份", en: "Each" },
  money: { zh: "已用 / 预算", en: "Used / budget" },
  day: { zh: "开始日期", en: "From (day)" },
  time: { zh: "开始时间（如 09:00）", en: "From (time, such as 09:00)" },
  lastDay: { zh: "结束日期", en: "To (day)" },
  lastTime: { zh: "结束时间（如 18:00）", en: "To (time, such as 18:00)" },
  quota: { zh: "名额", en: "Places" },
  queue: { zh: "候补人数上限（0 为不设候补）", en: "Waiting list (0: none)" },
  eachFen: { zh: "每份价值", en: "Worth of one place" },
  budgetFen: { zh: "预算", en: "Budget" },
  before: { zh: "未开始", en: "Not open yet" },
  phaseOpen: { zh: "领取中", en: "Open" },
  phaseLate: { zh: "余量可领", en: "Places left" },
  over: { zh: "已结束", en: "Over" },
});

interface Round {
  readonly id: string;
  readonly service: string;
  readonly serviceTitle: Offer["title"];
  readonly unitName: string;
  readonly title: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly phase: "before" | "open" | "late" | "over";
  readonly quota: number;
  readonly held: number;
  readonly waiting: number;
  readonly waitingQuota: number;
  readonly eachFen: number;
  readonly budgetFen: number | null;
}

const phases = { before: w.before, open: w.phaseOpen, late: w.phaseLate, over: w.over } as const;
/** How often the places taken are asked for. */
const everyMs = 5000;

/** Rounds of the unions in scope, how full they are, and the form to open one. */
export function Rounds(): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const [opening, setOpening] = useState(false);
  const [ending, setEnding] = useState<Round | undefined>(undefined);
  const rounds = usePages<Round>("/rounds", {}, { everyMs });
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const mine = services.data?.items.filter((one) => one.round && unitWith(me, one.round)) ?? [];
  const columns = columnsOf(
    { lang, t },
    (one) =>
      one.phase !== "over" &&
      mine.some(({ id }) => id === one.service) && (
        <button
          type="button"
          className="icon-button"
          style={{ height: 24 }}
          aria-label={t(w.endOne, { name: one.title })}
          onClick={() => setEnding(one)}
        >
          {t(w.end)}
        </button>
      ),
  );
  return (
    <div className="page full">
      <PageHead title={t(w.title)} total={rounds.total}>
        {mine.length > 0 && (
          <button type="button" className="button primary" onClick={() => setOpening(true)}>
            {t(w.open)}
          </button>
        )}
      </PageHead>
      <Listing
        of={rounds}
        columns={columns}
        name="rounds"
        label={t(w.title)}
        rowKey={(one) => one.id}
        empty={<Empty icon="heart">{t(w.none)}</Empty>}
      />
      {opening && <OpenRound services={mine} onClose={() => setOpening(false)} />}
      {ending && <EndRound of={ending} onClose={() => setEnding(undefined)} />}
    </div>
  );
}

/** What the list says of a round; `end` is the button that ends it. */
function columnsOf(
  { lang, t }: Pick<ReturnType<typeof useLang>, "lang" | "t">,
  end: (one: Round) => ReactNode,
): readonly Column<Round>[] {
  const instant = (at: string): string => moment(at, lang, "table");
  const plain = (
    key: keyof typeof w,
    text: (one: Round) => string,
    cell: (one: Round) => ReactNode = text,
  ): Column<Round> => ({ key, head: t(w[key]), text, cell });
  const numbers = (key: keyof typeof w, text: (one: Round) => string): Column<Round> =>
    plain(key, text, (one) => <span className="number">{text(one)}</span>);
  return [
    plain("name", (one) => one.title),
    plain("state", (one) => t(phases[one.phase])),
    plain(
      "filled",
      (one) => `${count(one.held)} / ${count(one.quota)}`,
      (one) => (
        <span className="number">
          {count(one.held)} / {count(one.quota)}{" "}
          <meter min={0} max={one.quota} value={one.held} aria-label={t(w.filled)} />
        </span>
      ),
    ),
    numbers("waits", (one) =>
      one.waitingQuota > 0 ? `${count(one.waiting)} / ${count(one.waitingQuota)}` : "—",
    ),
    numbers("span", (one) => `${instant(one.opensAt)} – ${instant(one.closesAt)}`),
    numbers("each", (one) => (one.eachFen > 0 ? money(one.eachFen) : "—")),
    numbers("money", (one) =>
      [one.eachFen > 0 ? money(one.held * one.eachFen) : "—"]
        .concat(one.budgetFen === null ? [] : [money(one.budgetFen)])
        .join(" / "),
    ),
    plain("service", (one) => t(one.serviceTitle)),
    plain(
      "unit",
      (one) => one.unitName,
      (one) => (
        <span className="clip" style={{ maxWidth: 240 }} title={one.unitName}>
          {one.unitName}
        </span>
      ),
    ),
    { key: "end", head: t(w.end), end: true, cell: end },
  ];
}

function OpenRound(props: {
  readonly services: ServiceList["items"];
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [id] = useState(actionId);
  const { services } = props;
  const open = useMutation<unknown, Problem, Answers>({
    mutationFn: ({ day, time, lastDay, lastTime, budgetFen, waiting, eachFen, ...rest }) => {
      const { round } = services.find((one) => one.id === rest["service"]) ?? {};
      return post(
        "/rounds",
        {},
        {
          ...rest,
          id,
          unitId: unitWith(me, round ?? "") ?? homeUnit(me)?.id,
          waiting: waiting ?? 0,
          eachFen: eachFen ?? 0,
          budgetFen: budgetFen ?? null,
          opensAt: `${day}T${time}:00+08:00`,
          closesAt: `${lastDay}T${lastTime}:00+08:00`,
        },
      );
    },
    onSuccess: async () => {
      say(t(w.opened));
      await forget("/api/rounds");
      props.onClose();
    },
  });
  const offer: Offer = {
    name: "open",
    title: w.open,
    kind: "primary",
    allowed: true,
    fields: [
      {
        key: "service",
        kind: "oneOf",
        label: w.service,
        required: true,
        options: services.map((one) => ({ value: one.id, label: one.title })),
      },
      { key: "title", kind: "text", label: w.name, required: true, maxLength: 60 },
      { key: "day", kind: "day", label: w.day, required: true },
      { key: "time", kind: "text", label: w.time, required: true, maxLength: 5 },
      { key: "lastDay", kind: "day", label: w.lastDay, required: true },
      { key: "lastTime", kind: "text", label: w.lastTime, required: true, maxLength: 5 },
      { key: "quota", kind: "integer", label: w.quota, required: true, min: 1 },
      { key: "waiting", kind: "integer", label: w.queue, required: false, min: 0 },
      { key: "eachFen", kind: "money", label: w.eachFen, required: false },
      { key: "budgetFen", kind: "money", label: w.budgetFen, required: false },
    ],
  };
  return (
    <ActForm
      offer={offer}
      subject={homeUnit(me)?.name ?? ""}
      first={{
        ...(services.length === 1 && { service: services[0]?.id }),
        day: me.installation.today,
        time: "09:00",
        lastDay: me.installation.today,
        lastTime: "18:00",
      }}
      busy={open.isPending}
      error={open.error}
      onClose={props.onClose}
      onAct={(answers) => open.mutate(answers)}
    />
  );
}

function EndRound(props: { readonly of: Round; readonly onClose: () => void }): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const forget = useForget();
  const end = useMutation<unknown, Problem, Answers>({
    mutationFn: () => post("/rounds/:id/end", { id: props.of.id }),
    onSuccess: async () => {
      say(t(w.ended));
      await forget("/api/rounds");
      props.onClose();
    },
  });
  const offer: Offer = {
    name: "end",
    title: w.end,
    kind: "danger",
    confirm: w.confirmEnd,
    allowed: true,
    fields: [],
  };
  return (
    <ActForm
      offer={offer}
      subject={props.of.title}
      busy={end.isPending}
      error={end.error}
      onClose={props.onClose}
      onAct={() => end.mutate({})}
    />
  );
}
