import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { addressOf, ask, fieldProblem, type Problem, post, put } from "../../shared/api.ts";
import { day, moment } from "../../shared/format.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { meAddress, useAnswer, useForget } from "../../shared/query.tsx";
import { Awaited, Button, Failed } from "../../shared/ui.tsx";
import { useOfficer } from "../parts/me.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { useSay } from "../parts/said.tsx";
import { type Theme, useTheme } from "./theme.tsx";

const w = words({
  title: { zh: "我的账号", en: "My account" },
  posts: { zh: "我的岗位", en: "My posts" },
  since: { zh: "{from} 起", en: "since {from}" },
  until: { zh: "到 {until}", en: "until {until}" },
  look: { zh: "显示", en: "How it looks" },
  lang: { zh: "语言", en: "Language" },
  theme: { zh: "颜色", en: "Colours" },
  auto: { zh: "跟随系统", en: "As the system" },
  light: { zh: "浅色", en: "Light" },
  dark: { zh: "深色", en: "Dark" },
  large: { zh: "大字", en: "Large type" },
  password: { zh: "修改密码", en: "Change the password" },
  present: { zh: "现在的密码", en: "Present password" },
  next: { zh: "新密码", en: "New password" },
  save: { zh: "修改", en: "Change" },
  saved: { zh: "密码已修改，其他设备已退出", en: "The password is changed; other devices are signed out" },
  devices: { zh: "登录的设备", en: "Where you are signed in" },
  here: { zh: "这台设备", en: "this device" },
  out: { zh: "退出", en: "Sign out" },
  outOf: { zh: "退出 {device}", en: "Sign {device} out" },
  since2: { zh: "{at} 登录", en: "signed in {at}" },
  totp: { zh: "验证器", en: "Authenticator" },
  totpHelp: {
    zh: "用手机上的验证器应用扫这个码，再输 6 位数字确认。",
    en: "Scan this with an authenticator app, then enter its six digits.",
  },
  totpBegin: { zh: "换一个验证器", en: "Set up another authenticator" },
  code: { zh: "动态码", en: "Code" },
  confirm: { zh: "确认", en: "Confirm" },
  totpDone: { zh: "验证器已绑定", en: "The authenticator is set up" },
});

interface Device {
  readonly id: string;
  readonly kind: string;
  readonly device: string;
  readonly startedAt: string;
  readonly usedAt: string;
  readonly current: boolean;
}

/** The officer's own posts, looks, password, authenticator and devices. */
export function Account(): ReactNode {
  const { lang, t, setLang, largeType, setLargeType } = useLang();
  const { theme, setTheme } = useTheme();
  const me = useOfficer();
  return (
    <div className="page narrow">
      <PageHead title={t(w.title)} note={<span className="muted">{me.person.name}</span>} />
      <section className="panel" aria-label={t(w.posts)}>
        <h2>{t(w.posts)}</h2>
        <ul>
          {me.posts.map((one) => (
            <li key={one.id} style={{ display: "flex", gap: 14, flexWrap: "wrap" }}>
              <b>{t(one.roleTitle)}</b>
              <span>{one.unit.name}</span>
              <span className="muted">
                {t(w.since, { from: day(one.from, lang, "table") })}
                {one.until && ` ${t(w.until, { until: day(one.until, lang, "table") })}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section className="panel" aria-label={t(w.look)}>
        <h2>{t(w.look)}</h2>
        <div className="filters" style={{ margin: 0 }}>
          <label>
            {t(w.lang)}
            <select
              className="select"
              value={lang}
              onChange={(event) => {
                const next = event.target.value === "en" ? "en" : "zh";
                setLang(next);
                void put("/me", {}, { lang: next }).catch(() => {});
              }}
            >
              <option value="zh">中文</option>
              <option value="en">English</option>
            </select>
          </label>
          <label>
            {t(w.theme)}
            <select
              className="select"
              value={theme}
              onChange={(event) => setTheme(event.target.value as Theme)}
            >
              {(["auto", "light", "dark"] as const).map((one) => (
                <option key={one} value={one}>
                  {t(w[one])}
                </option>
              ))}
            </select>
          </label>
          <label>
            <input
              type="checkbox"
              checked={largeType}
              onChange={(event) => setLargeType(event.target.checked)}
            />
            {t(w.large)}
          </label>
        </div>
      </section>
      <Password />
      <Totp />
      <Devices />
    </div>
  );
}

function Password(): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation<unknown, Problem>({
    mutationFn: () => post("/me/password", {}, { present, next }),
    onSuccess: () => {
      say(t(w.saved));
      setPresent("");
      setNext("");
    },
  });
  return (
    <section className="panel" aria-label={t(w.password)}>
      <h2>{t(w.password)}</h2>
      <form
        className="form"
        style={{ maxWidth: 360 }}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        {change.error && <Failed error={change.error} />}
        <div className="field">
          <label htmlFor="present">{t(w.present)}</label>
          <input
            id="present"
            className="input"
            type="password"
            autoComplete="current-password"
            value={present}
            onChange={(event) => setPresent(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="next">{t(w.next)}</label>
          <input
            id="next"
            className="input"
            type="password"
            autoComplete="new-password"
            aria-invalid={fieldProblem(change.error, "next") ? true : undefined}
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        </div>
        <div>
          <Button type="submit" busy={change.isPending} disabled={!present || !next}>
            {t(w.save)}
          </Button>
        </div>
      </form>
    </section>
  );
}

interface Setup {
  readonly done: boolean;
  readonly setup?: string;
  readonly qr?: string;
  readonly secret?: string;
}

function Totp(): ReactNode {
  const { t } = useLang();
  const say = useSay();
  const forget = useForget();
  const [setup, setSetup] = useState<Setup>();
  const [code, setCode] = useState("");
  const begin = useMutation<Setup, Problem>({ mutationFn: () => post("/me/totp"), onSuccess: setSetup });
  const confirm = useMutation<Setup, Problem>({
    mutationFn: () => post("/me/totp", {}, { setup: setup?.setup, code }),
    onSuccess: async () => {
      setSetup(undefined);
      say(t(w.totpDone));
      await forget(meAddress);
    },
  });
  return (
    <section className="panel" aria-label={t(w.totp)}>
      <h2>{t(w.totp)}</h2>
      {begin.error && <Failed error={begin.error} />}
      {confirm.error && <Failed error={confirm.error} />}
      {!setup ? (
        <Button busy={begin.isPending} onClick={() => begin.mutate()}>
          {t(w.totpBegin)}
        </Button>
      ) : (
        <form
          className="form"
          style={{ maxWidth: 360 }}
          onSubmit={(event) => {
            event.preventDefault();
            confirm.mutate();
          }}
        >
          <p className="muted">{t(w.totpHelp)}</p>
          {setup.qr && (
            <img
              alt={setup.secret ?? ""}
              width={180}
              height={180}
              style={{ background: "#fff" }}
              src={
                setup.qr.startsWith("<svg")
                  ? `data:image/svg+xml;utf8,${encodeURIComponent(setup.qr)}`
                  : setup.qr
              }
            />
          )}
          <code>{setup.secret}</code>
          <div className="field">
            <label htmlFor="totp">{t(w.code)}</label>
            <input
              id="totp"
              className="input short"
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </div>
          <div>
            <Button type="submit" kind="primary" busy={confirm.isPending}>
              {t(w.confirm)}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}

function Devices(): ReactNode {
  const { lang, t } = useLang();
  const forget = useForget();
  const devices = useAnswer<{ readonly items: readonly Device[] }>(addressOf("/me/sessions"));
  const end = useMutation<unknown, Problem, string>({
    mutationFn: (id) => ask(addressOf("/me/sessions/:id", { id }), { method: "DELETE" }),
    onSuccess: () => forget("/api/me/sessions"),
  });
  return (
    <section className="panel" aria-label={t(w.devices)}>
      <h2>{t(w.devices)}</h2>
      <Awaited of={devices} lines={2}>
        {({ items }) => (
          <table className="inner">
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <td>{one.device || one.kind}</td>
                  <td className="muted">{t(w.since2, { at: moment(one.startedAt, lang, "table") })}</td>
                  <td className="end">
                    {one.current ? (
                      <span className="muted">{t(w.here)}</span>
                    ) : (
                      <button
                        type="button"
                        className="button"
                        aria-label={t(w.outOf, { device: one.device })}
                        onClick={() => end.mutate(one.id)}
                      >
                        {t(w.out)}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Awaited>
    </section>
  );
}
