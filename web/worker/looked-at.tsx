import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { moment } from "../shared/format.ts";
import { printed, useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import type { List, LookedAt as Look, ServiceList } from "../shared/types.ts";
import { Awaited, Empty } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "谁看过我的资料", en: "Who looked at my file" },
  why: {
    zh: "工会的人看您的身份证号、电话、银行卡和材料，都要写明理由，并记在这里。觉得不该看的，可以向上级工会反映。",
    en: "Whoever in the union sees your ID number, phone, bank card or papers must give a reason, and it is kept here. If a look seems wrong to you, tell the union above.",
  },
  paper: { zh: "其他材料", en: "another paper" },
  none: { zh: "还没有人看过您的资料。", en: "Nobody has looked at your file yet." },
});

/** Every look at one's own file, in plain words: who, when, what, for what. */
export default function LookedAt(): ReactNode {
  const { t, lang } = useLang();
  const looks = useAnswer<List<Look>>(addressOf("/me/looked-at"));
  const services = useAnswer<ServiceList>(addressOf("/services"));
  const papers = new Map(
    services.data?.items.flatMap((one) => one.papers.map(({ kind, label }) => [kind, t(label)] as const)),
  );
  return (
    <Screen title={t(w.title)} back={to.mine}>
      <p className="soft" style={{ marginBottom: 16 }}>
        {t(w.why)}
      </p>
      <Awaited of={looks}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="eye">
              <p>{t(w.none)}</p>
            </Empty>
          ) : (
            <ul className="rows">
              {folded(items).map(({ look, kinds }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: looks have no id and only grow at the top.
                <li className="row" key={`${look.at}${index}`}>
                  <span className="grow">
                    {printed(look.sentence, lang)}
                    {kinds.length > 0 && (
                      <span className="soft" style={{ display: "block" }}>
                        {kinds
                          .map((kind) => papers.get(kind) ?? t(w.paper))
                          .join(lang === "zh" ? "、" : ", ")}
                      </span>
                    )}
                    <time className="soft" dateTime={look.at} style={{ display: "block" }}>
                      {moment(look.at, lang)}
                    </time>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Awaited>
    </Screen>
  );
}

/** Papers that one officer opened within a minute stand in one line; every other look has its own. */
function folded(
  items: readonly Look[],
): readonly { readonly look: Look; readonly kinds: readonly string[] }[] {
  const lines: { readonly look: Look; readonly kinds: string[] }[] = [];
  for (const look of items) {
    const last = lines.at(-1);
    const kinds = look.what === "paper" ? look.fields : [];
    const same =
      last?.look.what === "paper" &&
      look.what === "paper" &&
      last.look.sentence === look.sentence &&
      last.look.at.slice(0, 16) === look.at.slice(0, 16);
    if (!same) lines.push({ look, kinds: [...kinds] });
    else last.kinds.push(...kinds.filter((kind) => !last.kinds.includes(kind)));
  }
  return lines;
}
