import type { ReactNode } from "react";
import { Icon } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { Link } from "../shared/router.tsx";
import { Page } from "./frame.tsx";
import { NoticeRows } from "./notice-rows.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "首页", en: "Home" },
  lead: { zh: "遇到难处，找工会。每一步都看得见。", en: "In trouble, ask your union. Every step is seen." },
  what: {
    zh: "职工在手机上申请，本单位工会上门核实，县、市工会依次审核，公示无异议后款项发到卡上。轮到谁办、什么时候答复、逾期怎么办，都写明白。",
    en: "A worker asks on a phone. The union at the workplace visits and checks, the county and city federations decide in turn, and after a public notice the money reaches the bank card. Whose turn it is, until when, and what happens if they are late is always said.",
  },
  worker: { zh: "我是职工", en: "I am a worker" },
  workerWhy: {
    zh: "申请帮扶、入会、看进度、出示会员卡。用手机号登录。",
    en: "Ask for aid, join, follow your case, show your card. Sign in by phone.",
  },
  office: { zh: "我是工会干部", en: "I am a union officer" },
  officeWhy: { zh: "待办、会员名册、资金和统计。", en: "Inbox, roster, funds and figures." },
  anyone: { zh: "查看与核验", en: "Look up and verify" },
  anyoneWhy: {
    zh: "看公示、提异议、核对会员卡和批复。不用登录。",
    en: "Read notices, object, check a card or a letter. No sign-in.",
  },
  notices: { zh: "正在公示", en: "Notices in force" },
  all: { zh: "全部公示", en: "All notices" },
});

/** What this is, the three doors, and what is on the board today. */
export function Home(): ReactNode {
  const { t } = useLang();
  return (
    <Page title={t(w.title)} noHeading wide>
      <div className="opening">
        <h1 tabIndex={-1}>{t(w.lead)}</h1>
        <p>{t(w.what)}</p>
      </div>
      <div className="doors">
        <a className="door" href={to.worker}>
          <Icon name="person" />
          <span className="name">
            {t(w.worker)}
            <Icon name="next" />
          </span>
          <span className="soft">{t(w.workerWhy)}</span>
        </a>
        <a className="door" href={to.office}>
          <Icon name="seal" />
          <span className="name">
            {t(w.office)}
            <Icon name="next" />
          </span>
          <span className="soft">{t(w.officeWhy)}</span>
        </a>
        <Link className="door" to={to.verify}>
          <Icon name="shield" />
          <span className="name">
            {t(w.anyone)}
            <Icon name="next" />
          </span>
          <span className="soft">{t(w.anyoneWhy)}</span>
        </Link>
      </div>
      <section className="board">
        <div className="board-head">
          <h2>{t(w.notices)}</h2>
          <Link to={to.notices}>{t(w.all)}</Link>
        </div>
        <NoticeRows limit={5} />
      </section>
    </Page>
  );
}
