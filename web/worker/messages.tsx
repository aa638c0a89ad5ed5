import { type ReactNode, useState } from "react";
import { addressOf, post } from "../shared/api.ts";
import { moment } from "../shared/format.ts";
import { Icon } from "../shared/icons.tsx";
import { printed, useLang, words } from "../shared/lang.tsx";
import { useAnswer, useForget } from "../shared/query.tsx";
import { go } from "../shared/router.tsx";
import type { List, Message } from "../shared/types.ts";
import { Awaited, Button, Empty } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";
import "./messages.css";

const w = words({
  title: { zh: "消息", en: "Messages" },
  none: {
    zh: "还没有消息。办事每走一步，这里都会告诉您。",
    en: "No messages yet. Every step of your matters is told here.",
  },
  all: { zh: "全部标为已读", en: "Mark all as read" },
  unread: { zh: "未读", en: "Unread" },
  more: { zh: "更早的", en: "Earlier" },
});

/** What the union told this person, newest first; arrives while the page is open. */
export default function Messages(): ReactNode {
  const { t, lang } = useLang();
  const forget = useForget();
  const [limit, setLimit] = useState(30);
  const messages = useAnswer<List<Message>>(addressOf("/messages", {}, { limit }));
  const unread = (messages.data?.items ?? []).some(({ read }) => !read);
  const open = (message: Message): void => {
    if (!message.read) {
      void post("/messages/:id/read", { id: message.id })
        .then(() => forget("/api/messages", "/api/me"))
        .catch(() => {});
    }
    const link = message.link ?? (message.caseId ? to.case(message.caseId) : undefined);
    if (link?.startsWith("/w/")) go(link);
    else if (link) location.assign(link);
  };
  return (
    <Screen title={t(w.title)}>
      {unread && (
        <p style={{ margin: "-12px 0 12px" }}>
          <Button
            kind="quiet"
            onClick={() => void post("/messages/read-all").then(() => forget("/api/messages", "/api/me"))}
          >
            <Icon name="check" />
            {t(w.all)}
          </Button>
        </p>
      )}
      <Awaited of={messages}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty icon="message">
              <p>{t(w.none)}</p>
            </Empty>
          ) : (
            <>
              <ul className="rows" aria-live="polite">
                {items.map((message) => (
                  <li key={message.id}>
                    <button type="button" className="row message" onClick={() => open(message)}>
                      <span className={message.read ? "dot read" : "dot"} aria-hidden="true" />
                      <span className="grow">
                        {!message.read && <span className="only-read">{t(w.unread)}</span>}
                        <span className={message.read ? "" : "strong"}>{printed(message.title, lang)}</span>
                        <span style={{ display: "block" }}>{printed(message.body, lang)}</span>
                        <time className="soft" dateTime={message.at}>
                          {moment(message.at, lang)}
                        </time>
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
              {next && limit < 300 && (
                <p style={{ marginTop: 16 }}>
                  <Button wide onClick={() => setLimit(limit + 60)}>
                    {t(w.more)}
                  </Button>
                </p>
              )}
            </>
          )
        }
      </Awaited>
    </Screen>
  );
}
