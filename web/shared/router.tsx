import {
  type AnchorHTMLAttributes,
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useSyncExternalStore,
} from "react";

/**
 * Addresses for the phone and the public pages: a table of patterns, a link, and back that leads where
 * the person came from. Small on purpose; the first screen travels over slow networks.
 */

type Places = Readonly<Record<string, string>>;

interface Where {
  readonly path: string;
  readonly search: string;
}

let where: Where = { path: location.pathname, search: location.search };
const listeners = new Set<() => void>();

interface Depth {
  readonly depth: number;
  readonly y?: number;
}
const depthNow = (): number => (history.state as Depth | null)?.depth ?? 0;

function moved(): void {
  where = { path: location.pathname, search: location.search };
  for (const listener of listeners) listener();
}

addEventListener("popstate", () => {
  moved();
  const y = (history.state as Depth | null)?.y ?? 0;
  requestAnimationFrame(() => scrollTo(0, y));
});
history.scrollRestoration = "manual";

/** Go to an address of this face. `replace` leaves no step behind to go back to. */
export function go(to: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace) history.replaceState({ depth: depthNow() } satisfies Depth, "", to);
  else {
    history.replaceState({ depth: depthNow(), y: scrollY } satisfies Depth, "");
    history.pushState({ depth: depthNow() + 1 } satisfies Depth, "", to);
  }
  moved();
  scrollTo(0, 0);
}

/** Back to where the person came from; to `home` when this page was opened directly. */
export function goBack(home: string): void {
  if (depthNow() > 0) history.back();
  else go(home, { replace: true });
}

/** Where the person is: path and query. */
export function useWhere(): { readonly path: string; readonly query: URLSearchParams } {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => where,
  );
  return { path: now.path, query: new URLSearchParams(now.search) };
}

/** The places of a pattern in a path, or `undefined` when it does not fit: `/w/cases/:id`. */
function placesIn(pattern: string, path: string): Places | undefined {
  const want = pattern.split("/").filter(Boolean);
  const have = path.split("/").filter(Boolean);
  if (want.length !== have.length) return undefined;
  const places: Record<string, string> = {};
  for (const [index, part] of want.entries()) {
    const got = have[index] ?? "";
    if (part.startsWith(":")) places[part.slice(1)] = decodeURIComponent(got);
    else if (part !== got) return undefined;
  }
  return places;
}

const Found = createContext<Places>({});

/** The places of the present address. */
export function usePlaces(): Places {
  return useContext(Found);
}

/** A face's table of addresses: the first pattern that fits is shown. */
export type Table = readonly { readonly at: string; readonly show: ReactNode }[];

/** Shows what the present address asks for. */
export function Routes({
  table,
  otherwise,
}: {
  readonly table: Table;
  readonly otherwise: ReactNode;
}): ReactNode {
  const { path } = useWhere();
  for (const { at, show } of table) {
    const places = placesIn(at, path);
    if (places) return <Found value={places}>{show}</Found>;
  }
  return otherwise;
}

/** A link inside this face: a plain anchor that moves without loading the page again. */
export function Link({
  to,
  replace = false,
  ...rest
}: { readonly to: string; readonly replace?: boolean } & Omit<
  AnchorHTMLAttributes<HTMLAnchorElement>,
  "href"
>): ReactNode {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    rest.onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    event.preventDefault();
    go(to, { replace });
  };
  return <a {...rest} href={to} onClick={follow} />;
}

/** The page's title in the browser, and its heading under the screen reader's finger. */
export function useTitle(title: string): void {
  const { path } = useWhere();
  useEffect(() => {
    document.title = title ? `${title} · 职家` : "职家";
  }, [title]);
  const told = useRef<string | undefined>(undefined);
  // Once per address, when its heading stands: on a page that is still coming, that is later.
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>("h1");
    if (depthNow() === 0 || !heading || told.current === path) return;
    told.current = path;
    // Whoever writes already is not taken away from it.
    if (document.activeElement?.matches("main :is(input,textarea,select)")) return;
    heading.focus({ preventScroll: true });
  });
}
