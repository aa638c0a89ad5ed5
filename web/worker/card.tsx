import { type ReactNode, useEffect } from "react";
import { addressOf, Problem, sentenceOf } from "../shared/api.ts";
import { day, moment } from "../shared/format.ts";
import { Mark } from "../shared/icons.tsx";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import type { Card as CardFacts } from "../shared/types.ts";
import { Awaited, ButtonLink, Empty, Facts } from "../shared/ui.tsx";
import { useEntries } from "./confirmations.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import "./card.css";

const w = words({
  title: { zh: "会员卡", en: "Member card" },
  union: { zh: "工会会员", en: "Trade union member" },
  name: { zh: "姓名", en: "Name" },
  unit: { zh: "所在工会", en: "Union" },
  no: { zh: "会员号", en: "Member no." },
  status: { zh: "状态", en: "Status" },
  until: { zh: "二维码有效到", en: "Code valid until" },
  qr: { zh: "会员二维码", en: "Member code" },
  confirm: { zh: "去首页确认入会", en: "Confirm on the first page that you join" },
  join: { zh: "加入工会", en: "Join the union" },
  how: {
    zh: "给对方扫一扫。扫不出来就把屏幕调亮。二维码会自动更新，截图过期就不认。",
    en: "Let the other side scan it. Turn the screen brighter if it does not scan. The code renews itself; old screenshots are not accepted.",
  },
});

const statuses: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  ACTIVE: { zh: "在册会员", en: "Member" },
  RETAINED: { zh: "保留会籍", en: "Membership retained" },
  TRANSFER_OUT: { zh: "正在转会", en: "Transferring" },
};

/** The card to show: a code that strangers can check, large, and renewed while it is open. */
export default function Card(): ReactNode {
  const { t, lang } = useLang();
  const card = useAnswer<CardFacts>(addressOf("/me/card"), { staleTime: 30_000, refetchInterval: 60_000 });
  // The screen stays on while the card is held out.
  useEffect(() => {
    let lock: { release: () => Promise<void> } | undefined;
    const screen = (navigator as { wakeLock?: { request: (kind: "screen") => Promise<typeof lock> } })
      .wakeLock;
    screen
      ?.request("screen")
      .then((held) => {
        lock = held;
      })
      .catch(() => {});
    return () => void lock?.release();
  }, []);
  const { error } = card;
  if (card.data === undefined && error instanceof Problem && error.code === "no-card")
    return <NoCard why={error} />;
  return (
    <Screen title={t(w.title)} back={to.mine}>
      <Awaited of={card} lines={8}>
        {(found) => (
          <>
            <div className="member-card">
              <div className="band">
                <Mark size={40} />
                <p className="strong">{t(w.union)}</p>
              </div>
              <div className="qr">
                <img alt={t(w.qr)} src={pictureOf(found.qr)} width="320" height="320" />
              </div>
              <Facts
                of={[
                  { label: t(w.name), value: <span className="strong">{found.name}</span> },
                  { label: t(w.unit), value: found.unitName },
                  { label: t(w.no), value: <span className="number">{found.memberNo}</span> },
                  { label: t(w.status), value: statuses[found.status]?.[lang] ?? found.status },
                  {
                    label: t(w.until),
                    value:
                      found.validUntil.length > 10
                        ? moment(found.validUntil, lang)
                        : day(found.validUntil, lang),
                  },
                ]}
              />
            </div>
            <p className="soft" style={{ marginTop: 16 }}>
              {t(w.how)}
            </p>
          </>
        )}
      </Awaited>
    </Screen>
  );
}

/** Why there is no card, and how one comes by it. */
function NoCard({ why }: { readonly why: Problem }): ReactNode {
  const { t, lang } = useLang();
  const entries = useEntries();
  const named = (entries.data?.items.length ?? 0) > 0;
  return (
    <Screen title={t(w.title)} back={to.mine}>
      <Empty icon="card">
        <p>{sentenceOf(why, lang)}</p>
        {!entries.isPending && (
          <ButtonLink to={named ? to.home : to.service("join")} kind="primary">
            {t(named ? w.confirm : w.join)}
          </ButtonLink>
        )}
      </Empty>
    </Screen>
  );
}

/** The code's drawing, as an address an image takes. */
function pictureOf(qr: string): string {
  return qr.startsWith("<") ? `data:image/svg+xml;utf8,${encodeURIComponent(qr)}` : qr;
}
