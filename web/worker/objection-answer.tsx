import type { ReactNode } from "react";
import { useLang, words } from "../shared/lang.tsx";
import { ObjectionAnswer as Answer } from "../shared/objection-answer.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({ title: { zh: "查异议的答复", en: "The answer to your objection" } });

/** What became of an objection, for whoever holds its code. */
export default function ObjectionAnswer(): ReactNode {
  const { t } = useLang();
  return (
    <Screen title={t(w.title)} back={to.notices}>
      <Answer />
    </Screen>
  );
}
