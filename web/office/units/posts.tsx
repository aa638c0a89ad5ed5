import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { actionId, addressOf, type Problem, post } from "../../shared/api.ts";
import { day } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer, useForget } from "../../shared/query.tsx";
import type { Answers, Field, Offer } from "../../shared/types.ts";
import { ActForm } from "../parts/act-form.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { useSay } from "../parts/said.tsx";
import type { Page, Post } from "./types.ts";

const w = words({
  title: { zh: "岗位", en: "Posts" },
  none: { zh: "还没有人任职。", en: "Nobody holds a post here." },
  role: { zh: "岗位", en: "Post" },
  who: { zh: "姓名", en: "Name" },
  from: { zh: "从", en: "From" },
  until: { zh: "到", en: "Until" },
  give: { zh: "任命岗位", en: "Give a post" },
  end: { zh: "离任", en: "End" },
  endOne: { zh: "{name}离任", en: "End {name}’s post" },
  person: { zh: "任命谁", en: "Whom" },
  reason: { zh: "原因", en: "Reason" },
  on: { zh: "哪一天起不再任职", en: "Last day" },
  given: { zh: "已任命", en: "The post is given" },
  ended: { zh: "已离任", en: "The post has ended" },
  confirmEnd: { zh: "离任后，这个岗位的权限当天失效。", en: "The post’s powers end that day." },
});

/** Who holds which post at a union, from when to when. */
export function Posts({ unit }: { readonly unit: Page }): ReactNode {
  const { lang, t } = useLang();
  const me = useOfficer();
  const [ending, setEnding] = useState<Post>();
  const [giving, setGiving] = useState(false);
  const mayGive = unit.may.some((one) => one.name === "givePost" && one.allowed);
  return (
    <section className="panel" aria-label={t(w.title)}>
      <div className="panel-head">
        <h2>{t(w.title)}</h2>
        {mayGive && (
          <span className="acts">
            <button type="button" className="button" onClick={() => setGiving(true)}>
              {t(w.give)}
            </button>
          </span>
        )}
      </div>
      {unit.posts.length === 0 ? (
        <p className="muted">{t(w.none)}</p>
      ) : (
        <table className="inner">
          <thead>
            <tr>
              <th scope="col">{t(w.role)}</th>
              <th scope="col">{t(w.who)}</th>
              <th scope="col">{t(w.from)}</th>
              <th scope="col">{t(w.until)}</th>
              {mayGive && (
                <th scope="col">
                  <span className="only-read">{t(w.end)}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {unit.posts.map((one) => (
              <tr key={one.id}>
                <td>{t(one.roleTitle)}</td>
                <td>
                  {can(me, "roster.read") ? (
                    <Link to="/members/$id" params={{ id: one.personId }} search={{}}>
                      {one.personName}
                    </Link>
                  ) : (
                    one.personName
                  )}
                </td>
                <td className="number">{day(one.from, lang, "table")}</td>
                <td className="number">{one.until ? day(one.until, lang, "table") : "—"}</td>
                {mayGive && (
                  <td className="end">
                    <button
                      type="button"
                      className="icon-button"
                      style={{ height: 24 }}
                      aria-label={t(w.endOne, { name: one.personName })}
                      onClick={() => setEnding(one)}
                    >
                      {t(w.end)}
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {giving && <GivePost unit={unit} onClose={() => setGiving(false)} />}
      {ending && <EndPost of={ending} onClose={() => setEnding(undefined)} />}
    </section>
  );
}

/** The form that gives somebody a post at a union, from today unless changed; sent twice, it gives one. */
export function GivePost(props: { readonly unit: Page; readonly onClose: () => void }): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const [id] = useState(actionId);
  const roles = useAnswer<{
    readonly items: readonly { readonly value: string; readonly label: Field["label"] }[];
  }>(addressOf("/roles"), { staleTime: 600_000 });
  const give = useMutation<unknown, Problem, Answers>({
    mutationFn: (answers) => post("/posts", {}, { id, unitId: props.unit.id, until: null, ...answers }),
    onSuccess: async () => {
      say(t(w.given));
      await forget("/api/units", "/api/officers");
      props.onClose();
    },
  });
  const offer: Offer = {
    name: "give",
    title: w.give,
    kind: "primary",
    allowed: true,
    fields: [
      { key: "personId", kind: "person", label: w.person, required: true },
      { key: "role", kind: "oneOf", label: w.role, required: true, options: roles.data?.items ?? [] },
      { key: "from", kind: "day", label: w.from, required: true },
      { key: "until", kind: "day", label: w.until, required: false },
    ],
  };
  return (
    <ActForm
      offer={offer}
      subject={props.unit.name}
      first={{ from: me.installation.today }}
      busy={give.isPending}
      error={give.error}
      onClose={props.onClose}
      onAct={(answers) => give.mutate(answers)}
    />
  );
}

function EndPost(props: { readonly of: Post; readonly onClose: () => void }): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const say = useSay();
  const forget = useForget();
  const end = useMutation<unknown, Problem, Answers>({
    mutationFn: (answers) => post("/posts/:id/end", { id: props.of.id }, answers),
    onSuccess: async () => {
      say(t(w.ended));
      await forget("/api/units", "/api/officers");
      props.onClose();
    },
  });
  const offer: Offer = {
    name: "end",
    title: w.end,
    kind: "danger",
    confirm: w.confirmEnd,
    allowed: true,
    fields: [
      { key: "on", kind: "day", label: w.on, required: true },
      { key: "reason", kind: "longText", label: w.reason, required: true, maxLength: 500 },
    ],
  };
  return (
    <ActForm
      offer={offer}
      subject={`${props.of.personName} · ${t(props.of.roleTitle)}`}
      first={{ on: me.installation.today }}
      busy={end.isPending}
      error={end.error}
      onClose={props.onClose}
      onAct={(answers) => end.mutate(answers)}
    />
  );
}
