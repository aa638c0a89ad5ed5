import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { keepCsrf, remove } from "../../shared/api.ts";
import { Icon, Mark } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { meAddress } from "../../shared/query.tsx";
import type { Me } from "../../shared/types.ts";
import { homeUnit } from "../parts/me.tsx";
import { Menu } from "../parts/menu.tsx";
import { Find } from "./find.tsx";
import { useTheme } from "./theme.tsx";
import { TrialClock } from "./trial-clock.tsx";

const w = words({
  name: { zh: "职家", en: "Zhijia" },
  help: { zh: "快捷键与帮助", en: "Keys and help" },
  lang: { zh: "English", en: "中文" },
  toDark: { zh: "换成深色", en: "Dark colours" },
  toLight: { zh: "换成浅色", en: "Light colours" },
  me: { zh: "{name}的账号", en: "{name}’s account" },
  account: { zh: "我的账号", en: "My account" },
  looked: { zh: "工人首页", en: "The worker’s pages" },
  out: { zh: "退出登录", en: "Sign out" },
});

export function Head(props: { readonly me: Me; readonly onHelp: () => void }): ReactNode {
  const { me } = props;
  const { lang, t, setLang } = useLang();
  const { dark, setTheme } = useTheme();
  const client = useQueryClient();
  const signOut = async (): Promise<void> => {
    await remove("/session").catch(() => {});
    keepCsrf(null);
    client.clear();
    client.setQueryData([meAddress], null);
    location.assign("/o/inbox");
  };
  const unit = homeUnit(me);
  const post = me.posts[0];
  return (
    <header className="head no-print">
      <Link to="/inbox" search={{}} className="brand">
        <Mark size={26} />
        {t(w.name)}
      </Link>
      {unit && (
        <span className="where" title={unit.name}>
          {/* The role first: a long union's name may be cut, whom one acts as may not. */}
          {post && `${t(post.roleTitle)} · `}
          {unit.name}
        </span>
      )}
      <Find />
      {me.installation.fictitious && <TrialClock me={me} />}
      <div className="tools">
        <button type="button" className="icon-button" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>
          {t(w.lang)}
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t(dark ? w.toLight : w.toDark)}
          title={t(dark ? w.toLight : w.toDark)}
          onClick={() => setTheme(dark ? "light" : "dark")}
        >
          <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path
              d={
                dark
                  ? "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
                  : "M19.5 14A8 8 0 0 1 10 4.5 8 8 0 1 0 19.5 14z"
              }
            />
          </svg>
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t(w.help)}
          title={t(w.help)}
          onClick={props.onHelp}
        >
          <kbd>?</kbd>
        </button>
        <Menu
          label={t(w.me, { name: me.person.name })}
          button={
            <>
              <Icon name="person" />
              <span className="clip" style={{ maxWidth: "8em" }}>
                {me.person.name}
              </span>
            </>
          }
        >
          <Link to="/account">
            <Icon name="settings" />
            {t(w.account)}
          </Link>
          <a href="/w/">
            <Icon name="home" />
            {t(w.looked)}
          </a>
          <button type="button" onClick={() => void signOut()}>
            <Icon name="leave" />
            {t(w.out)}
          </button>
        </Menu>
      </div>
    </header>
  );
}
