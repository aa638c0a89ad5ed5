import type { ReactNode } from "react";
import { moment } from "../shared/format.ts";
import { Mark } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { PrintedLine } from "../shared/printed-line.tsx";
import { Link, useTitle, useWhere } from "../shared/router.tsx";
import { to } from "./to.ts";

const w = words({
  skip: { zh: "跳到正文", en: "Skip to content" },
  name: { zh: "职家", en: "Zhijia" },
  nav: { zh: "公开页面", en: "Public pages" },
  notices: { zh: "公示", en: "Notices" },
  verify: { zh: "核验", en: "Verify" },
  answer: { zh: "异议答复", en: "Objections" },
  unions: { zh: "查工会", en: "Unions" },
  signIn: { zh: "登录", en: "Sign in" },
  printed: { zh: "打印：{time}　{address}", en: "Printed {time} from {address}" },
  foot: {
    zh: "职家是工会联合会的工作系统，开源（Apache-2.0）。公开页面不显示身份证号、电话、住址和银行卡号。",
    en: "Zhijia is the working system of a trade-union federation, open source (Apache-2.0). Public pages never show ID numbers, telephone numbers, addresses or bank cards.",
  },
});

/** A public page: who we are and the four things to do, the content, the small print. */
export function Page(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly noHeading?: boolean;
  readonly wide?: boolean;
}): ReactNode {
  const { t, lang, setLang } = useLang();
  const { path } = useWhere();
  useTitle(props.title);
  const links = [
    { at: to.notices, word: w.notices },
    { at: to.verify, word: w.verify },
    { at: to.answer, word: w.answer },
    { at: to.unions, word: w.unions },
  ];
  return (
    <div className="public">
      <a className="skip" href="#content">
        {t(w.skip)}
      </a>
      <header className="head no-print">
        <Link to={to.home} className="brand">
          <Mark size={32} />
          <span>{t(w.name)}</span>
        </Link>
        <nav aria-label={t(w.nav)}>
          {links.map(({ at, word }) => (
            <Link key={at} to={at} aria-current={path.startsWith(at) ? "page" : undefined}>
              {t(word)}
            </Link>
          ))}
        </nav>
        <button
          type="button"
          className="button quiet tongue"
          onClick={() => setLang(lang === "zh" ? "en" : "zh")}
        >
          <span lang={lang === "zh" ? "en" : "zh-CN"}>{lang === "zh" ? "English" : "中文"}</span>
        </button>
      </header>
      <main id="content" className={props.wide ? "body wide" : "body"}>
        {!props.noHeading && props.title !== "" && <h1 tabIndex={-1}>{props.title}</h1>}
        {props.children}
      </main>
      <PrintedFrom />
      <footer className="small no-print">
        <p>{t(w.foot)}</p>
      </footer>
    </div>
  );
}

/** At the end of what is printed: when, and the address at which it can be read again. */
function PrintedFrom(): ReactNode {
  const { t, lang } = useLang();
  const said = (): string => {
    const time = moment(new Date().toISOString(), lang, "prose");
    return t(w.printed, { time, address: `${location.origin}${location.pathname}` });
  };
  return <PrintedLine said={said} />;
}
