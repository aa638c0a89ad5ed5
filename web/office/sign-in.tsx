import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ask, fieldProblem, keepCsrf, type Problem } from "../shared/api.ts";
import { Mark } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { meAddress, useAnswer } from "../shared/query.tsx";
import type { Me } from "../shared/types.ts";
import { Button, Failed } from "../shared/ui.tsx";
import "./sign-in.css";

const w = words({
  name: { zh: "职家", en: "Zhijia" },
  title: { zh: "工会工作台", en: "Union desk" },
  line: {
    zh: "从一张名册，到工人手里的一笔帮扶。",
    en: "From a roster to aid in a worker’s hand.",
  },
  login: { zh: "登录名", en: "Login name" },
  password: { zh: "密码", en: "Password" },
  code: { zh: "动态码", en: "Authenticator code" },
  codeHelp: {
    zh: "打开验证器应用，输入 6 位数字。",
    en: "Open your authenticator app and enter its six digits.",
  },
  go: { zh: "登录", en: "Sign in" },
  next: { zh: "下一步", en: "Next" },
  back: { zh: "换一个账号", en: "Use another account" },
  worker: { zh: "我是职工，用手机号登录", en: "I am a worker: sign in by phone" },
  lang: { zh: "English", en: "中文" },
  or: { zh: "或者", en: "or" },
  trial: {
    zh: "这是虚构的工会，随便试。密码 zhijia-trial-2026，动态码 000000。选一个岗位：",
    en: "This federation is fictitious: try anything. Password zhijia-trial-2026, code 000000. Choose a post:",
  },
  who: { zh: "您是 {name}，再输动态码", en: "You are {name}. Now the code" },
});

interface Providers {
  readonly fictitious: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly title: { zh: string; en: string };
    readonly startUrl: string;
  }[];
}

/** Posts of the fictitious federation, for whoever tries it. */
const trialPosts = [
  ["chair.grassroots", { zh: "基层工会主席", en: "Grassroots chair" }],
  ["aid.county", { zh: "县总工会帮扶", en: "County aid officer" }],
  ["approver.city", { zh: "市总工会审批", en: "City approver" }],
  ["finance.county", { zh: "县总工会财务", en: "County finance" }],
  ["finance2.county", { zh: "县总工会复核", en: "County checker" }],
  ["finance.city", { zh: "市总工会财务", en: "City finance" }],
  ["chair.county", { zh: "县总工会主席", en: "County chair" }],
  ["cashier.county", { zh: "县总工会出纳", en: "County cashier" }],
  ["audit.province", { zh: "省总工会经审", en: "Province auditor" }],
] as const;

/** The whole page, when nobody is signed in. */
export function SignIn(): ReactNode {
  const { lang, t, setLang } = useLang();
  useEffect(() => {
    document.title = `${t(w.title)} · ${t(w.name)}`;
  }, [t]);
  return (
    <div className="door">
      <div className="door-lang">
        <button type="button" className="icon-button" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>
          {t(w.lang)}
        </button>
      </div>
      <main className="door-card">
        <div className="door-head">
          <Mark size={44} />
          <div>
            <h1>
              {t(w.name)} <span>{t(w.title)}</span>
            </h1>
            <p className="muted">{t(w.line)}</p>
          </div>
        </div>
        <SignInForm />
        <p className="door-foot">
          <a href="/w/">{t(w.worker)}</a>
        </p>
      </main>
    </div>
  );
}

interface Given {
  readonly login: string;
  readonly password: string;
  readonly code?: string;
}

/** Login name and password, then the code of the authenticator where there is one. */
export function SignInForm({ onDone }: { readonly onDone?: () => void }): ReactNode {
  const { t } = useLang();
  const client = useQueryClient();
  const providers = useAnswer<Providers>("/api/session/providers", { quiet: true, staleTime: 600_000 });
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wantsCode, setWantsCode] = useState(false);
  const codeBox = useRef<HTMLInputElement>(null);
  const enter = useMutation<{ csrf: string; me: Me }, Problem, Given>({
    mutationFn: (body) => ask("/api/session", { method: "POST", body, quiet: true }),
    onSuccess: ({ csrf, me }) => {
      keepCsrf(csrf);
      if (me) client.setQueryData([meAddress], me);
      else void client.invalidateQueries({ queryKey: [meAddress] });
      onDone?.();
    },
    onError: (error) => {
      if (error.code === "code-needed") setWantsCode(true);
      setCode("");
    },
  });
  useEffect(() => {
    if (wantsCode) codeBox.current?.focus();
  }, [wantsCode]);
  const fault = enter.error && enter.error.code !== "code-needed" ? enter.error : undefined;
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate({ login: login.trim(), password, ...(wantsCode && { code: code.trim() }) });
      }}
    >
      {fault && <Failed error={fault} />}
      {!wantsCode && (
        <>
          <div className="field">
            <label htmlFor="login">{t(w.login)}</label>
            <input
              id="login"
              className="input"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={login}
              onChange={(event) => setLogin(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor="password">{t(w.password)}</label>
            <input
              id="password"
              className="input"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </div>
        </>
      )}
      {wantsCode && (
        <div className="field">
          <label htmlFor="code">{t(w.code)}</label>
          <p className="help" id="code-help">
            {t(w.codeHelp)}
          </p>
          <input
            id="code"
            ref={codeBox}
            className="input code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            aria-describedby="code-help"
            aria-invalid={fault && fieldProblem(fault, "code") ? true : undefined}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </div>
      )}
      <Button kind="primary" type="submit" wide busy={enter.isPending} disabled={!login || !password}>
        {t(wantsCode ? w.go : w.next)}
      </Button>
      {wantsCode && (
        <Button
          kind="quiet"
          onClick={() => {
            setWantsCode(false);
            setPassword("");
            enter.reset();
          }}
        >
          {t(w.back)}
        </Button>
      )}
      {!wantsCode &&
        providers.data?.items.map((one) => (
          <a key={one.id} className="button wide" href={one.startUrl}>
            {t(one.title)}
          </a>
        ))}
      {!wantsCode && providers.data?.fictitious && (
        <div className="door-trial">
          <p>{t(w.trial)}</p>
          <div>
            {trialPosts.map(([name, title]) => (
              <button
                type="button"
                className="button"
                key={name}
                onClick={() => {
                  setLogin(name);
                  setPassword("zhijia-trial-2026");
                  enter.mutate({ login: name, password: "zhijia-trial-2026", code: "000000" });
                }}
              >
                {t(title)}
              </button>
            ))}
          </div>
        </div>
      )}
    </form>
  );
}
