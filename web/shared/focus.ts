import { type RefObject, useEffect, useRef } from "react";

/** Keeps the keyboard where it was: in a dialog while it stands, back where it was opened, near what went away. */

/** An element and all around it, innermost first. */
function wayTo(element: Element | null): readonly HTMLElement[] {
  const way: HTMLElement[] = [];
  for (let at = element; at && at !== document.body; at = at.parentElement) way.push(at as HTMLElement);
  return way;
}

/** Focuses the first of the way that still stands; what takes no focus by itself is made to. */
function focusNearest(way: readonly HTMLElement[]): void {
  const face = document.getElementById("face");
  const near = way.find((one) => one.isConnected && one !== face && !one.querySelector("main"));
  const next = near ?? document.querySelector<HTMLElement>("main");
  if (!next) return;
  if (next.tabIndex < 0 && !next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
}

/** Once for a face: when what held the focus is taken away, the nearest thing around it takes it over. */
export function keepFocus(): void {
  let way: readonly HTMLElement[] = [];
  document.addEventListener("focusin", (event) => {
    way = wayTo(event.target as Element);
  });
  new MutationObserver(() => {
    const [held] = way;
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (held && lost && !held.isConnected) focusNearest(way);
  }).observe(document.body, { childList: true, subtree: true });
}

/** A dialog over the page for as long as it stands; then the focus goes back to where it came from. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = wayTo(document.activeElement);
    if (element && !element.open) element.showModal();
    return () => {
      element?.close();
      if (before.length > 0) focusNearest(before);
    };
  }, []);
  return dialog;
}
