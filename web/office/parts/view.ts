import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";

/** The state of a page, kept in its address: everything a colleague needs to see the same. */

export type View = Readonly<Record<string, string>>;

/** Addresses carry plain words: `?state=open&unit=…`, no quoting. */
export function readView(search: string): View {
  return Object.fromEntries(new URLSearchParams(search));
}

/** A view as the end of an address, `?` and all. What is empty is left out; a view of nothing is no text. */
export function writeView(view: Record<string, unknown>): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) {
    if (value !== undefined && value !== null && value !== "") out.set(key, String(value));
  }
  const text = out.toString();
  return text && `?${text}`;
}

export type Change = (changes: Readonly<Record<string, string | undefined>>, keepStep?: boolean) => void;

/** What the address says, and a way to change it; an empty value is taken out. */
export function useView(): readonly [View, Change] {
  const view = useSearch({ strict: false }) as View;
  const navigate = useNavigate();
  const change = useCallback<Change>(
    (changes, keepStep = false) => {
      void navigate({
        to: ".",
        search: ((old: View) => {
          const next: Record<string, string> = { ...old };
          for (const [key, value] of Object.entries(changes)) {
            if (value) next[key] = value;
            else delete next[key];
          }
          return next;
        }) as never,
        replace: !keepStep,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [view, change];
}

/** Something kept on this device under a name. */
export function useKept<Value>(name: string, first: Value): readonly [Value, (value: Value) => void] {
  const shelf = `zhijia.desk.${name}`;
  const [value, setValue] = useState<Value>(() => {
    try {
      const found = localStorage.getItem(shelf);
      return found === null ? first : (JSON.parse(found) as Value);
    } catch {
      return first;
    }
  });
  const set = (next: Value): void => {
    setValue(next);
    try {
      localStorage.setItem(shelf, JSON.stringify(next));
    } catch {
      // Kept for as long as the page is open.
    }
  };
  return [value, set];
}

/** Runs on a key, unless somebody is typing or a dialog is open. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.target as HTMLElement | null;
      if (at?.closest("input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable]")) return;
      if (document.querySelector("dialog[open]")) return;
      const run = latest.current[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
