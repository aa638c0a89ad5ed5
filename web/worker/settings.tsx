import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { addressOf, ask, put } from "../shared/api.ts";
import { moment } from "../shared/format.ts";
import { useLang, words } from "../shared/lang.tsx";
import { meAddress, useAnswer, useMe } from "../shared/query.tsx";
import type { Me } from "../shared/types.ts";
import { Awaited, Button, Failed } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import "../shared/fields/fields.css";

const w = words({
  title: { zh: "设置", en: "Settings" },
  lang: { zh: "语言", en: "Language" },
  type: { zh: "字号", en: "Type size" },
  normal: { zh: "标准字", en: "Standard" },
  large: { zh: "大字", en: "Large" },
  channels: { zh: "怎么通知您", en: "How to tell you" },
  app: { zh: "应用内消息（始终开启）", en: "Messages here (always on)" },
  mail: { zh: "电子邮件", en: "E-mail" },
  sms: { zh: "短信", en: "Text message" },
  address: { zh: "邮箱地址", en: "E-mail address" },
  quiet: { zh: "免打扰时段", en: "Quiet hours" },
  quietWhy: {
    zh: "这段时间不发短信和邮件，消息照常留在这里。",
    en: "No text messages or mail in these hours; messages still arrive here.",
  },
  from: { zh: "从", en: "From" },
  until: { zh: "到", en: "Until" },
  saved: { zh: "已保存", en: "Saved" },
  keep: { zh: "保存", en: "Save" },
  devices: { zh: "登录的设备", en: "Signed in on" },
  here: { zh: "这台设备", en: "This device" },
  others: { zh: "退出其他所有设备", en: "Sign out everywhere else" },
});

/** Language, type size, how to be told and when not. What is chosen counts at once. */
export default function Settings(): ReactNode {
  const { t, lang, setLang, largeType, setLargeType } = useLang();
  const client = useQueryClient();
  const me = useMe().data;
  const [problem, setProblem] = useState<unknown>(undefined);
  const [saved, setSaved] = useState(false);
  const [mail, setMail] = useState<string | undefined>(undefined);
  const save = (change: Readonly<Record<string, unknown>>): void => {
    setProblem(undefined);
    setSaved(false);
    put<Me>("/me", {}, change)
      .then((next) => {
        client.setQueryData([meAddress], next);
        setSaved(true);
      })
      .catch(setProblem);
  };
  if (!me) return null;
  const channels = me.channels ?? ["app"];
  const toggle = (channel: string, on: boolean): void =>
    save({
      channels: [...new Set(["app", ...channels.filter((one) => one !== channel), ...(on ? [channel] : [])])],
    });
  return (
    <Screen title={t(w.title)} back={to.mine}>
      <p role="status" className="soft" style={{ minHeight: "1.6em", marginTop: -16 }}>
        {saved ? t(w.saved) : ""}
      </p>
      {problem !== undefined && <Failed error={problem} />}
      <div className="form">
        <fieldset className="field">
          <legend>{t(w.lang)}</legend>
          <div className="choices">
            {(["zh", "en"] as const).map((one) => (
              <label className="choice" key={one}>
                <input
                  type="radio"
                  name="lang"
                  checked={lang === one}
                  onChange={() => {
                    setLang(one);
                    save({ lang: one });
                  }}
                />
                <span lang={one === "zh" ? "zh-CN" : "en"}>{one === "zh" ? "中文" : "English"}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset className="field">
          <legend>{t(w.type)}</legend>
          <div className="choices">
            {[false, true].map((one) => (
              <label className="choice" key={String(one)}>
                <input
                  type="radio"
                  name="type"
                  checked={largeType === one}
                  onChange={() => {
                    setLargeType(one);
                    save({ largeType: one });
                  }}
                />
                <span style={{ fontSize: one ? "20px" : "16px" }}>{t(one ? w.large : w.normal)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset className="field">
          <legend>{t(w.channels)}</legend>
          <div className="choices">
            <label className="choice">
              <input type="checkbox" checked disabled />
              <span>{t(w.app)}</span>
            </label>
            {(["sms", "mail"] as const).map((channel) => (
              <label className="choice" key={channel}>
                <input
                  type="checkbox"
                  checked={channels.includes(channel)}
                  onChange={(event) => toggle(channel, event.target.checked)}
                />
                <span>{t(w[channel])}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {channels.includes("mail") && (
          <form
            className="field"
            onSubmit={(event) => {
              event.preventDefault();
              save({ mail: (mail ?? "").trim() || null });
            }}
          >
            <label htmlFor="mail">{t(w.address)}</label>
            <input
              id="mail"
              className="input"
              type="email"
              autoComplete="email"
              value={mail ?? me.mail ?? ""}
              onChange={(event) => setMail(event.target.value)}
            />
            {mail !== undefined && mail !== (me.mail ?? "") && (
              <p style={{ marginTop: 12 }}>
                <Button type="submit">{t(w.keep)}</Button>
              </p>
            )}
          </form>
        )}
        <fieldset className="field">
          <legend>{t(w.quiet)}</legend>
          <p className="help">{t(w.quietWhy)}</p>
          <div style={{ display: "flex", flexWrap: "wrap", gap: "0 16px" }}>
            {(["quietFrom", "quietUntil"] as const).map((key) => (
              <label key={key} style={{ flex: 1, minWidth: 0, marginTop: 12 }}>
                {t(key === "quietFrom" ? w.from : w.until)}
                <input
                  className="input"
                  style={{ marginTop: 4 }}
                  type="time"
                  defaultValue={me[key] ?? ""}
                  onBlur={(event) => {
                    if (event.target.value && event.target.value !== me[key])
                      save({ [key]: event.target.value });
                  }}
                />
              </label>
            ))}
          </div>
        </fieldset>
        <Devices />
      </div>
    </Screen>
  );
}

interface Device {
  readonly id: string;
  readonly device: string;
  readonly usedAt: string;
  readonly current: boolean;
}

function Devices(): ReactNode {
  const { t, lang } = useLang();
  const sessions = useAnswer<{ items: readonly Device[] }>(addressOf("/me/sessions"));
  return (
    <section className="field">
      <h2 className="label" style={{ fontSize: "1rem" }}>
        {t(w.devices)}
      </h2>
      <div style={{ marginTop: 12 }}>
        <Awaited of={sessions} lines={2}>
          {({ items }) => (
            <>
              <ul className="rows">
                {items.map((one) => (
                  <li className="row" key={one.id}>
                    <span className="grow">
                      {one.current ? <span className="strong">{t(w.here)}</span> : one.device || "—"}
                      <span className="soft" style={{ display: "block" }}>
                        {moment(one.usedAt, lang)}
                      </span>
                    </span>
                  </li>
                ))}
              </ul>
              {items.length > 1 && (
                <p style={{ marginTop: 12 }}>
                  <Button
                    wide
                    onClick={() =>
                      void ask("/api/me/sessions", { method: "DELETE" }).then(() => sessions.refetch())
                    }
                  >
                    {t(w.others)}
                  </Button>
                </p>
              )}
            </>
          )}
        </Awaited>
      </div>
    </section>
  );
}
