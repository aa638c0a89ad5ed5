import type { ReactNode } from "react";
import { createPortal } from "react-dom";
import type { Text } from "../../src/kernel/words.ts";
import { Problem, sentenceOf } from "./api.ts";
import { useModal } from "./focus.ts";
import { Icon, type IconName } from "./icons.tsx";
import { printed, spoken, useLang, words } from "./lang.tsx";
import { Link } from "./router.tsx";
import "./ui.css";

const w = words({
  loading: { zh: "正在打开…", en: "Loading…" },
  again: { zh: "再试一次", en: "Try again" },
  basis: { zh: "依据：{source}", en: "Under {source}" },
  close: { zh: "关闭", en: "Close" },
});

type Kind = "primary" | "normal" | "danger" | "quiet";

interface ButtonProps {
  readonly children: ReactNode;
  readonly kind?: Kind;
  readonly wide?: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly type?: "button" | "submit";
  readonly label?: string;
  readonly describedBy?: string;
  readonly onClick?: () => void;
}

/** A button at least a thumb high. While `busy` it takes no second press. */
export function Button(props: ButtonProps): ReactNode {
  const { kind = "normal", wide = false, busy = false, disabled = false, type = "button" } = props;
  return (
    <button
      type={type}
      className={`button ${kind}${wide ? " wide" : ""}`}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      onClick={busy ? undefined : props.onClick}
    >
      {props.children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: {
  readonly to: string;
  readonly children: ReactNode;
  readonly kind?: Kind;
  readonly wide?: boolean;
  readonly replace?: boolean;
}): ReactNode {
  const { kind = "normal", wide = false } = props;
  return (
    <Link to={props.to} replace={props.replace ?? false} className={`button ${kind}${wide ? " wide" : ""}`}>
      {props.children}
    </Link>
  );
}

const noteIcons = { info: "flag", warn: "warning", bad: "stop", good: "check" } as const;

/** A thing to know, with its own drawing, so that colour is never alone. */
export function Note(props: {
  readonly kind?: keyof typeof noteIcons;
  readonly icon?: IconName;
  readonly children: ReactNode;
  readonly alert?: boolean;
}): ReactNode {
  const kind = props.kind ?? "info";
  return (
    <div className={`note ${kind}`} role={props.alert ? "alert" : undefined}>
      <Icon name={props.icon ?? noteIcons[kind]} />
      <div className="body">{props.children}</div>
    </div>
  );
}

/** A failure in one sentence, with its rule, and the way on where there is one. */
export function Failed(props: { readonly error: unknown; readonly retry?: () => void }): ReactNode {
  const { lang, t } = useLang();
  const { error } = props;
  const offline = error instanceof Problem && error.code === "offline";
  const source = error instanceof Problem && typeof error.source === "string" ? error.source : undefined;
  return (
    <Note kind={offline ? "warn" : "bad"} icon={offline ? "offline" : "stop"} alert>
      <p>{printed(sentenceOf(error, lang), lang)}</p>
      {source && <p className="source">{t(w.basis, { source })}</p>}
      {props.retry && (
        <p style={{ marginTop: 8 }}>
          <Button onClick={props.retry}>{t(w.again)}</Button>
        </p>
      )}
    </Note>
  );
}

/** The shape of what is coming, while it comes. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }): ReactNode {
  const { t } = useLang();
  return (
    <div className="skeleton" role="status" aria-busy="true" aria-label={t(w.loading)}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never move.
        <span key={index} />
      ))}
    </div>
  );
}

/** Nothing here yet, and what to do about it. */
export function Empty(props: { readonly icon: IconName; readonly children: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <Icon name={props.icon} />
      {props.children}
    </div>
  );
}

interface Answering<Answer> {
  readonly data: Answer | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly refetch: () => unknown;
}

/** An answer that may still be coming or may have failed: skeleton, reason with retry, or the content. */
export function Awaited<Answer>(props: {
  readonly of: Answering<Answer>;
  readonly lines?: number;
  readonly children: (answer: Answer) => ReactNode;
}): ReactNode {
  const { of } = props;
  if (of.data !== undefined) return props.children(of.data);
  if (of.error) return <Failed error={of.error} retry={() => void of.refetch()} />;
  return <Skeleton lines={props.lines ?? 6} />;
}

/** Label and value pairs. */
export function Facts(props: {
  readonly of: readonly { readonly label: ReactNode; readonly value: ReactNode }[];
  readonly wide?: boolean;
}): ReactNode {
  return (
    <dl className={props.wide === false ? "facts" : "facts wide"}>
      {props.of.map(({ label, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list of facts.
        <div key={index} style={{ display: "contents" }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A sheet over the page, closed by Escape, by the button, or by doing what it asks. */
export function Sheet(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLang();
  const sheet = useModal();
  // Outside the page's own form, so that a form in the sheet stands alone.
  return createPortal(
    <dialog
      ref={sheet}
      className="sheet"
      aria-labelledby="sheet-title"
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <div style={{ display: "flex", justifyContent: "space-between", gap: 16 }}>
        <h2 id="sheet-title">{props.title}</h2>
        <button type="button" className="button quiet" aria-label={t(w.close)} onClick={props.onClose}>
          <Icon name="close" />
        </button>
      </div>
      {props.children}
    </dialog>,
    document.body,
  );
}

/** The sentence of a reason the server gave, however it gave it. */
export function reasonText(reason: unknown, lang: "zh" | "en"): string {
  if (typeof reason === "string") return printed(reason, lang);
  if (typeof reason === "object" && reason !== null) {
    const { detail } = reason as { detail?: unknown };
    if (typeof detail === "string") return printed(detail, lang);
    return spoken(reason as Text, lang);
  }
  return "";
}
