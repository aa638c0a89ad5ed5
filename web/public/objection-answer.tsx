import type { ReactNode } from "react";
import { useLang, words } from "../shared/lang.tsx";
import { ObjectionAnswer as Answer } from "../shared/objection-answer.tsx";
import { Page } from "./frame.tsx";

const w = words({ title: { zh: "查异议的答复", en: "The answer to your objection" } });

/** The answer to an objection, for whoever holds its code. */
export default function ObjectionAnswer(): ReactNode {
  const { t } = useLang();
  return (
    <Page title={t(w.title)}>
      <Answer />
    </Page>
  );
}
