import type { ReactNode } from "react";
import { RaiseObjection } from "../shared/objection-raise.tsx";
import { usePlaces } from "../shared/router.tsx";
import { Page } from "./frame.tsx";
import { to } from "./to.ts";

/** An objection to a notice the public reads, by anybody. */
export default function ObjectionRaise(): ReactNode {
  const { id = "" } = usePlaces();
  const frame = (title: string, content: ReactNode): ReactNode => <Page title={title}>{content}</Page>;
  return <RaiseObjection under="/public/notices" id={id} answerAt={to.answer} frame={frame} />;
}
