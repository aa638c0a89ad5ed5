import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { addressOf } from "../../shared/api.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import { useSlowly } from "../../shared/slowly.ts";
import type { List, UnitLine } from "../../shared/types.ts";
import { useDrop } from "./drop.ts";
import { useView } from "./view.ts";

const w = words({
  any: { zh: "{label}：全部", en: "{label}: all" },
  find: { zh: "输名称找工会", en: "Type to find a union" },
  none: { zh: "没有找到", en: "Nothing found" },
  all: { zh: "不限工会", en: "Any union" },
});

/** Chooses a union by typing; the choice is kept in the address under `name`. */
export function PickUnit(props: { readonly name: string; readonly label: string }): ReactNode {
  const [view, change] = useView();
  return (
    <UnitBox
      label={props.label}
      value={view[props.name]}
      clearable
      onChange={(id) => change({ [props.name]: id })}
    />
  );
}

/** A button that says the union chosen and opens a search for another. */
export function UnitBox(props: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (id: string | undefined, line?: UnitLine) => void;
  readonly clearable?: boolean;
  readonly id?: string;
}): ReactNode {
  const { t } = useLang();
  const listId = useId();
  const menu = useDrop();
  const box = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const q = useSlowly(typed.trim());
  const chosen = useAnswer<{ readonly name: string }>(addressOf("/units/:id", { id: props.value ?? "" }), {
    enabled: props.value !== undefined,
    staleTime: 600_000,
  });
  const found = useAnswer<List<UnitLine>>(addressOf("/units", {}, { q: q || undefined, limit: 20 }), {
    enabled: open,
    staleTime: 60_000,
  });
  useEffect(() => {
    // The menu comes into sight as a whole.
    if (open) box.current?.focus({ preventScroll: true });
  }, [open]);
  const choose = (id: string | undefined, line?: UnitLine): void => {
    if (menu.current) menu.current.open = false;
    setTyped("");
    props.onChange(id, line);
  };
  const name = props.value ? (chosen.data?.name ?? "…") : t(w.any, { label: props.label });
  return (
    <details className="menu" ref={menu} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary
        id={props.id}
        className={props.value ? "select set" : "select"}
        style={{ display: "block", maxWidth: 260, lineHeight: "22px" }}
        aria-label={`${props.label}: ${name}`}
      >
        <span className="clip">{name}</span>
      </summary>
      <div className="drop start" style={{ width: 320 }}>
        {open && (
          <>
            <input
              ref={box}
              className="input"
              style={{ margin: "0 0 6px", width: "100%" }}
              type="search"
              aria-label={t(w.find)}
              aria-controls={listId}
              placeholder={t(w.find)}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
            <div id={listId} className="lines">
              {props.clearable && props.value && (
                <button type="button" onClick={() => choose(undefined)}>
                  <Icon name="close" />
                  {t(w.all)}
                </button>
              )}
              {found.data?.items.map((one) => (
                <button type="button" key={one.id} onClick={() => choose(one.id, one)}>
                  <span className="clip" title={one.name}>
                    {one.name}
                  </span>
                  <span className="muted small" style={{ marginLeft: "auto", whiteSpace: "nowrap" }}>
                    {t(one.levelTitle)}
                  </span>
                </button>
              ))}
              {found.data?.items.length === 0 && <p className="muted">{t(w.none)}</p>}
            </div>
          </>
        )}
      </div>
    </details>
  );
}
