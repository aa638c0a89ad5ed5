import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { Button, Empty } from "../../shared/ui.tsx";

const w = words({
  title: { zh: "这一页没能显示出来", en: "This page could not be shown" },
  why: {
    zh: "程序出了错，已办的事都在。再试一次；还不行，请告诉系统管理员。",
    en: "The program failed here; what was done is kept. Try again; if it stays, tell the administrator.",
  },
  again: { zh: "再试一次", en: "Try again" },
});

/** A page that threw: said in the reader's language, with the frame and its ways out around it. */
export function Broken({ reset }: ErrorComponentProps): ReactNode {
  const { t } = useLang();
  return (
    <div className="page">
      <Empty icon="warning">
        <h1>{t(w.title)}</h1>
        <p>{t(w.why)}</p>
        <Button onClick={reset}>{t(w.again)}</Button>
      </Empty>
    </div>
  );
}
