import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { Cases } from "./list.tsx";

const w = words({ title: { zh: "困难职工档案", en: "Hardship files" } });

/** Hardship files: the same list, held to one service. */
export function FileList(): ReactNode {
  const { t } = useLang();
  return <Cases title={t(w.title)} name="files" fixed={{ service: "hardship-file" }} />;
}
