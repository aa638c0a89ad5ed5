import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Languages, useLang, words } from "../shared/lang.tsx";
import "../shared/theme.css";

const w = words({ title: { zh: "工会工作台", en: "Union desk" } });

function Desk(): ReactNode {
  const { t } = useLang();
  return (
    <main>
      <h1>{t(w.title)}</h1>
    </main>
  );
}

createRoot(document.getElementById("face") as HTMLElement).render(
  <StrictMode>
    <Languages>
      <Desk />
    </Languages>
  </StrictMode>,
);
