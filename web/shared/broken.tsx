import { Component, type ReactNode } from "react";
import { Button, Note } from "./ui.tsx";

const words = {
  zh: { what: "这一页出了问题。您填的内容都在。", again: "重新打开" },
  en: { what: "Something went wrong on this page. What you filled in is kept.", again: "Open again" },
} as const;

/** Catches what a page throws, says so in words, and offers to open it again. */
export class Broken extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    const word = words[document.documentElement.lang === "en" ? "en" : "zh"];
    return (
      <main style={{ maxWidth: 640, margin: "48px auto", padding: 16, display: "grid", gap: 16 }}>
        <Note kind="bad" alert>
          {word.what}
        </Note>
        <Button onClick={() => location.reload()}>{word.again}</Button>
      </main>
    );
  }
}

/** After an upgrade an open page may ask for a part that is gone: open it anew, once a minute at most. */
export function renewAfterUpgrade(): void {
  addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem("zhijia.renewed") ?? 0);
    if (Date.now() - last < 60_000) return;
    event.preventDefault();
    sessionStorage.setItem("zhijia.renewed", String(Date.now()));
    location.reload();
  });
}
