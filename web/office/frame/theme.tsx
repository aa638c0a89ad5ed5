import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";

/** Light or dark: what the officer chose, else what the system says. Kept on this device. */

export type Theme = "auto" | "light" | "dark";

interface Chosen {
  readonly theme: Theme;
  /** What is shown now. */
  readonly dark: boolean;
  readonly setTheme: (theme: Theme) => void;
}

const Choice = createContext<Chosen>({ theme: "auto", dark: false, setTheme: () => {} });
const shelf = "zhijia.theme";

function kept(): Theme {
  try {
    const value = localStorage.getItem(shelf);
    return value === "light" || value === "dark" ? value : "auto";
  } catch {
    return "auto";
  }
}

/** Sets the colours before the first drawing, and follows the system while nothing is chosen. */
export function Themes({ children }: { readonly children: ReactNode }): ReactNode {
  const [theme, setTheme] = useState<Theme>(kept);
  const [systemDark, setSystemDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const follow = (): void => setSystemDark(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  const dark = theme === "dark" || (theme === "auto" && systemDark);
  // Before anything is drawn: a desk kept dark does not flash white.
  useLayoutEffect(() => {
    document.documentElement.classList.toggle("dark", dark);
    try {
      localStorage.setItem(shelf, theme);
    } catch {
      // Not kept, but in force while the page is open.
    }
  }, [dark, theme]);
  const chosen = useMemo(() => ({ theme, dark, setTheme }), [theme, dark]);
  return <Choice value={chosen}>{children}</Choice>;
}

/** What is chosen and what is shown. Outside `Themes` it is light and cannot be changed. */
export function useTheme(): Chosen {
  return useContext(Choice);
}
