import type { ReactNode } from "react";
import { addressOf } from "../../shared/api.ts";
import { moment } from "../../shared/format.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import type { List } from "../../shared/types.ts";
import { Awaited } from "../../shared/ui.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import type { Look } from "../types.ts";

const w = words({
  title: { zh: "谁看过", en: "Who looked" },
  none: { zh: "还没有人看过。", en: "Nobody has looked yet." },
  at: { zh: "时间", en: "When" },
  who: { zh: "谁", en: "Who" },
  what: { zh: "看了什么", en: "What" },
  purpose: { zh: "用途", en: "What for" },
});

/** Who opened the case, for those who audit. The applicant sees the same on their phone. */
export function WhoLooked(props: {
  readonly caseId: string;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  if (!can(me, "audit.read")) return null;
  return (
    <>
      <button type="button" className="icon-button" onClick={() => props.onOpen(true)}>
        <Icon name="eye" />
        {t(w.title)}
      </button>
      {props.open && (
        <Dialog title={t(w.title)} onClose={() => props.onOpen(false)} wide>
          <Looks address={addressOf("/audit/looks", {}, { case: props.caseId, limit: 100 })} />
        </Dialog>
      )}
    </>
  );
}

/** Who looked, where and as what: 云溪县总工会 · 出纳 · 孔试达. */
export function lookerText(look: Look, t: ReturnType<typeof useLang>["t"]): string {
  return [look.byUnit, look.byRoleTitle && t(look.byRoleTitle), look.byName].filter(Boolean).join(" · ");
}

/** A table of looks. */
function Looks({ address }: { readonly address: string }): ReactNode {
  const { lang, t } = useLang();
  const looks = useAnswer<List<Look>>(address);
  return (
    <Awaited of={looks}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="muted">{t(w.none)}</p>
        ) : (
          <table className="inner">
            <thead>
              <tr>
                <th scope="col">{t(w.at)}</th>
                <th scope="col">{t(w.who)}</th>
                <th scope="col">{t(w.what)}</th>
                <th scope="col">{t(w.purpose)}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <td className="number">{moment(one.at, lang, "table")}</td>
                  <td>{lookerText(one, t)}</td>
                  <td>{t(one.seen)}</td>
                  <td>{t(one.purpose)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Awaited>
  );
}
