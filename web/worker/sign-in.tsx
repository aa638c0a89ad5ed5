import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ask, fieldProblem, keepCsrf, Problem } from "../shared/api.ts";
import { FieldInput, FormProvider } from "../shared/fields/field.tsx";
import { Mark } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { meAddress } from "../shared/query.tsx";
import { go, useTitle, useWhere } from "../shared/router.tsx";
import type { Field, Me } from "../shared/types.ts";
import { Button, Failed, Note } from "../shared/ui.tsx";
import { to } from "./to.ts";
import "./sign-in.css";

const w = words({
  title: { zh: "登录职家", en: "Sign in to Zhijia" },
  what: { zh: "工会会员办事、查进度、领取帮扶。", en: "Services, progress and aid from your union." },
  phone: { zh: "手机号", en: "Mobile number" },
  code: { zh: "短信验证码", en: "Code from the text message" },
  get: { zh: "获取验证码", en: "Send me a code" },
  again: { zh: "{n} 秒后可再发", en: "Send again in {n} s" },
  sent: {
    zh: "验证码已发到 {phone}，5 分钟内有效。",
    en: "A code was sent to {phone}. It is valid for 5 minutes.",
  },
  enter: { zh: "登录", en: "Sign in" },
  change: { zh: "换个手机号", en: "Use another number" },
  trial: {
    zh: "试用：全部数据虚构，验证码填 123456。",
    en: "Trial with fictitious data: the code is 123456.",
  },
  name: { zh: "您的姓名", en: "Your name" },
  unit: { zh: "您单位的工会", en: "The union of your workplace" },
  unitHelp: {
    zh: "打几个字查找。找不到单位的，选您所在乡镇、街道或社区的工会。",
    en: "Type to search. If your workplace has none, choose the union of your township or community.",
  },
  goOn: { zh: "继续", en: "Continue" },
  office: { zh: "工会干部从这里登录", en: "Union officers sign in here" },
  fill: { zh: "请填手机号", en: "Enter your mobile number" },
  fillCode: { zh: "请填 6 位验证码", en: "Enter the six-digit code" },
});

const unitField: Field = { key: "unit", kind: "unit", label: w.unit, help: w.unitHelp, required: true };

/** Phone, then the code sent to it; newcomers also say who they are and where they work. */
export default function SignIn(): ReactNode {
  const { t, lang, setLang } = useLang();
  useTitle(t(w.title));
  const client = useQueryClient();
  const { query } = useWhere();
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [unit, setUnit] = useState<string | undefined>(undefined);
  const [stage, setStage] = useState<"phone" | "code">("phone");
  const [who, setWho] = useState<"nobody" | "name" | "newcomer">("nobody");
  const [wait, setWait] = useState(0);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const [trial, setTrial] = useState(false);
  const codeInput = useRef<HTMLInputElement>(null);
  const next = query.get("next");

  useEffect(() => {
    void ask<{ fictitious: boolean }>("/api/session/providers", { quiet: true })
      .then(({ fictitious }) => setTrial(fictitious))
      .catch(() => {});
  }, []);
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  useEffect(() => {
    if (stage === "code") codeInput.current?.focus();
  }, [stage]);

  const sendCode = async (): Promise<void> => {
    setProblem(undefined);
    if (phone.trim() === "") return setFault(t(w.fill));
    setFault(undefined);
    setBusy(true);
    try {
      await ask("/api/session/code", { method: "POST", body: { phone: phone.trim() }, quiet: true });
      setStage("code");
      setWait(60);
    } catch (error) {
      setProblem(error);
      if (error instanceof Problem && error.status === 429) setStage("code");
    } finally {
      setBusy(false);
    }
  };

  const enter = async (): Promise<void> => {
    setProblem(undefined);
    if (code.trim() === "") return setFault(t(w.fillCode));
    setFault(undefined);
    setBusy(true);
    try {
      const answer = await ask<{ csrf: string; me: Me }>("/api/session", {
        method: "POST",
        quiet: true,
        body: {
          login: phone.trim(),
          code: code.trim(),
          ...(who !== "nobody" && name.trim() !== "" && { name: name.trim() }),
          ...(who === "newcomer" && unit && { unit }),
        },
      });
      keepCsrf(answer.csrf);
      client.clear();
      client.setQueryData([meAddress], answer.me);
      go(next?.startsWith("/w/") && !next.startsWith(to.signIn) ? next : to.home, { replace: true });
    } catch (error) {
      if (error instanceof Problem && error.code === "name-needed") setWho("name");
      else if (error instanceof Problem && error.code === "phone-unknown") setWho("newcomer");
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const phoneFault =
    stage === "phone"
      ? (fault ?? fieldProblem(problem, "phone") ?? fieldProblem(problem, "login"))
      : undefined;
  const codeFault = stage === "code" ? (fault ?? fieldProblem(problem, "code")) : undefined;
  const general = problem !== undefined && phoneFault === undefined && codeFault === undefined;

  return (
    <main className="content" id="content">
      <div className="sign-in">
        <div className="brand">
          <Mark size={56} />
          <div>
            <h1 tabIndex={-1} style={{ fontSize: "1.5rem", lineHeight: 1.3 }}>
              {t(w.title)}
            </h1>
            <p className="soft">{t(w.what)}</p>
          </div>
        </div>
        {trial && <Note icon="flag">{t(w.trial)}</Note>}
        {general && <Failed error={problem} />}
        <form
          className="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void (stage === "phone" ? sendCode() : enter());
          }}
        >
          <div className="field">
            <label htmlFor="phone">{t(w.phone)}</label>
            <input
              id="phone"
              className="input"
              type="tel"
              inputMode="tel"
              autoComplete="tel"
              readOnly={stage === "code"}
              aria-invalid={phoneFault ? true : undefined}
              aria-describedby={phoneFault ? "phone-fault" : undefined}
              value={phone}
              onChange={(event) => setPhone(event.target.value)}
            />
            {phoneFault && (
              <p className="fault" id="phone-fault" role="alert">
                {phoneFault}
              </p>
            )}
          </div>
          {stage === "code" && (
            <div className="field">
              <label htmlFor="code">{t(w.code)}</label>
              <p className="help" role="status">
                {t(w.sent, { phone: phone.trim() })}
              </p>
              <input
                id="code"
                ref={codeInput}
                className="input code"
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={8}
                aria-invalid={codeFault ? true : undefined}
                aria-describedby={codeFault ? "code-fault" : undefined}
                value={code}
                onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))}
              />
              {codeFault && (
                <p className="fault" id="code-fault" role="alert">
                  {codeFault}
                </p>
              )}
            </div>
          )}
          {stage === "code" && who !== "nobody" && (
            <div className="field">
              <label htmlFor="name">{t(w.name)}</label>
              <input
                id="name"
                className="input"
                autoComplete="name"
                maxLength={60}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            </div>
          )}
          {stage === "code" && who === "newcomer" && (
            <FormProvider value={{ today: "", fictitious: trial, lookUp: { unit: "/public/units" } }}>
              <FieldInput
                field={unitField}
                value={unit}
                onChange={(value) => setUnit(value === undefined ? undefined : String(value))}
              />
            </FormProvider>
          )}
          <Button kind="primary" wide type="submit" busy={busy}>
            {t(stage === "phone" ? w.get : who === "nobody" ? w.enter : w.goOn)}
          </Button>
          {stage === "code" && (
            <div
              style={{
                display: "flex",
                flexWrap: "wrap",
                justifyContent: "space-between",
                gap: 8,
                marginTop: -12,
              }}
            >
              <Button
                kind="quiet"
                onClick={() => {
                  setStage("phone");
                  setWho("nobody");
                  setProblem(undefined);
                  setFault(undefined);
                  setCode("");
                }}
              >
                {t(w.change)}
              </Button>
              <Button kind="quiet" disabled={wait > 0} onClick={() => void sendCode()}>
                {wait > 0 ? t(w.again, { n: wait }) : t(w.get)}
              </Button>
            </div>
          )}
        </form>
        <div style={{ display: "flex", flexWrap: "wrap", justifyContent: "space-between", gap: 8 }}>
          <a className="button quiet" href="/o/">
            {t(w.office)}
          </a>
          <Button kind="quiet" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>
            {lang === "zh" ? "English" : "中文"}
          </Button>
        </div>
      </div>
    </main>
  );
}
