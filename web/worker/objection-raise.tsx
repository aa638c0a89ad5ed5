import type { ReactNode } from "react";
import { RaiseObjection } from "../shared/objection-raise.tsx";
import { usePlaces } from "../shared/router.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

/** An objection by a member to a notice on their board. Nothing of the session goes with it. */
export default function ObjectionRaise(): ReactNode {
  const { id = "" } = usePlaces();
  const frame = (title: string, content: ReactNode): ReactNode => (
    <Screen title={title} back={to.notice(id)}>
      {content}
    </Screen>
  );
  return <RaiseObjection under="/me/notices" id={id} answerAt={to.objection} frame={frame} />;
}
