import { type ReactNode, useId } from "react";
import { useModal } from "../../shared/focus.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";

const w = words({ close: { zh: "关闭", en: "Close" } });

/**
 * A dialog over the page: in the middle, or as a drawer at the right that leaves the page to be read.
 * Escape and the cross close it; focus goes in and comes back.
 */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly drawer?: boolean;
  readonly wide?: boolean;
}): ReactNode {
  const { t } = useLang();
  const id = useId();
  const dialog = useModal();
  return (
    <dialog
      ref={dialog}
      className={`over${props.drawer ? " drawer" : ""}${props.wide ? " wide" : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        props.onClose();
      }}
    >
      <header className="over-head">
        <h2 id={id}>{props.title}</h2>
        <button type="button" className="icon-button" aria-label={t(w.close)} onClick={props.onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div className="over-body">{props.children}</div>
    </dialog>
  );
}
