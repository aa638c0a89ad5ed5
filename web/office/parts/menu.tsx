import type { ReactNode } from "react";
import { useDrop } from "./drop.ts";

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
  const menu = useDrop();
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
