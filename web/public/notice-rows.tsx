import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { NoticeRows as Rows } from "../shared/notices.tsx";
import { useAnswer } from "../shared/query.tsx";
import type { List, NoticeLine } from "../shared/types.ts";
import { Awaited } from "../shared/ui.tsx";
import { to } from "./to.ts";

/** Notices anybody may read. */
export function NoticeRows(props: {
  readonly unit?: string;
  readonly kind?: string;
  readonly limit?: number;
}): ReactNode {
  const found = useAnswer<List<NoticeLine>>(
    addressOf("/public/notices", {}, { unit: props.unit, kind: props.kind, limit: props.limit }),
  );
  return (
    <Awaited of={found} lines={4}>
      {({ items }) => <Rows items={items} at={to.notice} />}
    </Awaited>
  );
}
