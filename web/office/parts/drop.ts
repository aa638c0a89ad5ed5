import { type RefObject, useEffect, useRef } from "react";

/**
 * For a `details.menu` with a `.drop`: it opens whole within what is seen, and closes on Escape, which hands the
 * focus back to its button, or on a press elsewhere.
 */
export function useDrop(): RefObject<HTMLDetailsElement | null> {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const at = menu.current;
    const drop = at?.querySelector<HTMLElement>(":scope > .drop");
    if (!at || !drop) return;
    const close = (event: Event): void => {
      if (!at.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        at.querySelector<HTMLElement>("summary")?.focus();
      } else if (at.contains(event.target as Node)) return;
      at.open = false;
    };
    // What is found while one types makes it longer.
    const grows = new ResizeObserver(() => fit(drop));
    const turn = (): void => {
      if (at.open) grows.observe(drop);
      else grows.unobserve(drop);
    };
    at.addEventListener("toggle", turn);
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      grows.disconnect();
      at.removeEventListener("toggle", turn);
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  return menu;
}

/** Pixels left free between what drops down and the edge. */
const gap = 8;

/** Moves what has dropped down sideways until no edge cuts it, narrower where it must be, and scrolls to its foot. */
function fit(drop: HTMLElement): void {
  drop.style.transform = "";
  let [start, end] = [0, document.documentElement.clientWidth];
  for (let around = drop.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowX === "visible") continue;
    const edge = around.getBoundingClientRect();
    start = Math.max(start, edge.left);
    end = Math.min(end, edge.right);
  }
  drop.style.maxWidth = `${end - start - 2 * gap}px`;
  const { left, right } = drop.getBoundingClientRect();
  const move = Math.max(start + gap - left, Math.min(0, end - gap - right));
  if (move !== 0) drop.style.transform = `translateX(${move}px)`;
  drop.scrollIntoView({ block: "nearest", inline: "nearest" });
}
