import { type ReactNode, useEffect, useState } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { useSlowly } from "../../shared/slowly.ts";
import { Menu } from "./menu.tsx";
import { useView } from "./view.ts";

const w = words({
  any: { zh: "{label}：全部", en: "{label}: all" },
  clear: { zh: "清除筛选", en: "Clear filters" },
  from: { zh: "从", en: "From" },
  to: { zh: "到", en: "to" },
});

/** One filter of a list, kept in the address under `name`. */
export function Choose(props: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** Other keys that lose their meaning when this changes. */
  readonly clears?: readonly string[];
  /** What holds while nothing is chosen; then “all” is not offered. */
  readonly usual?: string;
}): ReactNode {
  const { t } = useLang();
  const [view, change] = useView();
  const value = view[props.name] ?? props.usual ?? "";
  return (
    <select
      className={value ? "select set" : "select"}
      aria-label={props.label}
      value={value}
      onChange={(event) =>
        change({
          ...Object.fromEntries((props.clears ?? []).map((key) => [key, undefined])),
          [props.name]: event.target.value || undefined,
        })
      }
    >
      {!props.usual && <option value="">{t(w.any, { label: props.label })}</option>}
      {props.options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </select>
  );
}

/** Words to search a list by; the address follows a quarter of a second behind. */
export function SearchBox(props: { readonly name?: string; readonly label: string }): ReactNode {
  const { name = "q", label } = props;
  const [view, change] = useView();
  const kept = view[name] ?? "";
  const [typed, setTyped] = useState(kept);
  const slow = useSlowly(typed);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the box, not the other way round.
  useEffect(() => {
    if (slow !== kept && slow === typed) change({ [name]: slow || undefined });
  }, [slow]);
  useEffect(() => setTyped(kept), [kept]);
  return (
    <input
      className="input search"
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

/** A switch: `1` in the address when on. */
export function Only(props: {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
}): ReactNode {
  const { value = "true" } = props;
  const [view, change] = useView();
  return (
    <label>
      <input
        type="checkbox"
        checked={view[props.name] === value}
        onChange={(event) => change({ [props.name]: event.target.checked ? value : undefined })}
      />
      {props.label}
    </label>
  );
}

/** Two days in the address, behind a button that says which are chosen. */
export function Between(props: {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}): ReactNode {
  const { t } = useLang();
  const [view, change] = useView();
  const [from, to] = [view[props.from], view[props.to]];
  const box = (name: string, word: string): ReactNode => (
    <label>
      {word}
      <input
        className="input"
        style={{ marginLeft: "auto" }}
        type="date"
        aria-label={`${props.label}: ${word}`}
        value={view[name] ?? ""}
        onChange={(event) => change({ [name]: event.target.value || undefined })}
      />
    </label>
  );
  return (
    <Menu
      stays
      start
      className={from || to ? "select set" : "select"}
      button={
        <span className="number">
          {from || to ? `${props.label} ${from ?? "…"} – ${to ?? "…"}` : t(w.any, { label: props.label })}
        </span>
      }
    >
      {box(props.from, t(w.from))}
      {box(props.to, t(w.to))}
    </Menu>
  );
}

/** Takes the filters out of the address, when there are any. */
export function ClearFilters({ names }: { readonly names: readonly string[] }): ReactNode {
  const { t } = useLang();
  const [view, change] = useView();
  if (!names.some((name) => view[name])) return null;
  return (
    <button
      type="button"
      className="icon-button"
      onClick={() => change(Object.fromEntries(names.map((name) => [name, undefined])))}
    >
      {t(w.clear)}
    </button>
  );
}
