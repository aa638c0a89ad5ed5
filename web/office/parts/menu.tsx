import { type ReactNode, useEffect, useRef } from "react";

/** A button with a list under it; Escape, a choice or a press elsewhere closes it. */
export function Menu(props: {
  readonly button: ReactNode;
  readonly label?: string;
  readonly className?: string;
  /** Stay open after a press inside (for checkboxes). */
  readonly stays?: boolean;
  /** Open towards the end of the line: for a button at the left. */
  readonly start?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const at = menu.current;
      if (!at?.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        at.querySelector<HTMLElement>("summary")?.focus();
      } else if (at.contains(event.target as Node)) return;
      at.open = false;
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  return (
    <details className="menu" ref={menu}>
      <summary className={props.className ?? "icon-button"} aria-label={props.label}>
        {props.button}
      </summary>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: presses bubble up from real buttons. */}
      <div
        className={props.start ? "drop start" : "drop"}
        onClick={(event) => {
          const at = event.target as HTMLElement;
          if (!props.stays && at.closest("a,button") && menu.current) menu.current.open = false;
        }}
      >
        {props.children}
      </div>
    </details>
  );
}
