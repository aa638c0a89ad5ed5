import type { ReactNode } from "react";
import type { Text } from "../../src/kernel/words.ts";
import { ask } from "../shared/api.ts";
import { Icon, type IconName, Mark } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useMe } from "../shared/query.tsx";
import { Link } from "../shared/router.tsx";
import { Button } from "../shared/ui.tsx";
import { useEntries } from "./confirmations.tsx";
import { forgetDrafts } from "./draft.ts";
import { Screen } from "./frame.tsx";
import { forgetSeen } from "./offline.ts";
import { to } from "./to.ts";

const w = words({
  title: { zh: "我的", en: "Me" },
  memberNo: { zh: "会员号 {no}", en: "Member no. {no}" },
  notMember: { zh: "还不是会员", en: "Not a member yet" },
  card: { zh: "会员卡", en: "Member card" },
  cardWhy: { zh: "出示二维码，证明会员身份", en: "Show the code to prove membership" },
  union: { zh: "我的工会", en: "My union" },
  notices: { zh: "工会公示", en: "Notices of my union" },
  noticesWhy: { zh: "正在公示的，和异议的答复", en: "Those in force, and answers to objections" },
  cases: { zh: "我的事项", en: "My matters" },
  casesWhy: { zh: "正在办的和办结的", en: "In hand and closed" },
  household: { zh: "我的家庭和档案", en: "My household and file" },
  householdWhy: { zh: "家庭成员、困难职工档案", en: "Household members and hardship file" },
  lookedAt: { zh: "谁看过我的资料", en: "Who looked at my file" },
  lookedAtWhy: { zh: "每次查看都有记录和理由", en: "Every look is recorded with its reason" },
  settings: { zh: "设置", en: "Settings" },
  settingsWhy: { zh: "语言、大字、通知", en: "Language, large type, messages" },
  join: { zh: "加入工会", en: "Join the union" },
  confirm: { zh: "确认入会", en: "Confirm that you join" },
  confirmWhy: { zh: "工会名册里有您，等您确认", en: "Your union’s roster names you and waits for your word" },
  office: { zh: "去工会工作台", en: "Open the union desk" },
  officeWhy: { zh: "您有工会职务", en: "You hold a union post" },
  leave: { zh: "退出登录", en: "Sign out" },
});

/** Oneself: the card, the union, the file, who looked at it, settings. */
export default function Mine(): ReactNode {
  const { t } = useLang();
  const me = useMe().data;
  const named = useEntries().data?.items.length;
  if (!me) return null;
  const rows: readonly {
    readonly at: string;
    readonly icon: IconName;
    readonly title: Text;
    readonly why?: Text;
  }[] = [
    ...(me.person.memberNo ? [{ at: to.card, icon: "card" as const, title: w.card, why: w.cardWhy }] : []),
    ...(me.person.memberNo
      ? []
      : named
        ? [{ at: to.home, icon: "join" as const, title: w.confirm, why: w.confirmWhy }]
        : [{ at: to.service("join"), icon: "join" as const, title: w.join }]),
    ...(me.person.unit ? [{ at: to.union, icon: "union" as const, title: w.union }] : []),
    ...(me.person.memberNo
      ? [{ at: to.notices, icon: "flag" as const, title: w.notices, why: w.noticesWhy }]
      : []),
    { at: to.cases, icon: "tasks", title: w.cases, why: w.casesWhy },
    { at: to.household, icon: "family", title: w.household, why: w.householdWhy },
    { at: to.lookedAt, icon: "eye", title: w.lookedAt, why: w.lookedAtWhy },
    { at: to.settings, icon: "settings", title: w.settings, why: w.settingsWhy },
  ];
  const leave = async (): Promise<void> => {
    await ask("/api/session", { method: "DELETE", quiet: true }).catch(() => {});
    forgetSeen();
    forgetDrafts();
    location.assign(to.signIn);
  };
  return (
    <Screen title={t(w.title)} noHeading>
      <div className="hello" style={{ marginBottom: 24 }}>
        <Mark size={52} />
        <div>
          <h1 tabIndex={-1}>{me.person.name}</h1>
          <p className="soft">
            {me.person.memberNo ? t(w.memberNo, { no: me.person.memberNo }) : t(w.notMember)}
          </p>
          {me.person.unit && <p className="soft">{me.person.unit.name}</p>}
        </div>
      </div>
      <div className="rows">
        {rows.map(({ at, icon, title, why }) => (
          <Link key={at} to={at} className="row">
            <Icon name={icon} />
            <span className="grow">
              {t(title)}
              {why && (
                <span className="soft" style={{ display: "block" }}>
                  {t(why)}
                </span>
              )}
            </span>
            <Icon name="next" />
          </Link>
        ))}
        {me.posts.length > 0 && (
          <a href="/o/" className="row">
            <Icon name="seal" />
            <span className="grow">
              {t(w.office)}
              <span className="soft" style={{ display: "block" }}>
                {t(w.officeWhy)}
              </span>
            </span>
            <Icon name="next" />
          </a>
        )}
      </div>
      <p className="section">
        <Button wide onClick={() => void leave()}>
          <Icon name="leave" />
          {t(w.leave)}
        </Button>
      </p>
    </Screen>
  );
}
