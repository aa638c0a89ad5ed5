import type { ReactNode } from "react";
import { addressOf } from "../shared/api.ts";
import { useAnswer } from "../shared/query.tsx";
import { usePlaces } from "../shared/router.tsx";
import type { Service, ServiceList } from "../shared/types.ts";
import { Awaited, Skeleton } from "../shared/ui.tsx";
import { type Draft, useDraft } from "./draft.ts";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

/** The service that the address names and what was answered to it so far, once both are here. */
export function WithDraft(props: {
  readonly children: (service: Service, draft: Draft) => ReactNode;
}): ReactNode {
  const { service: id = "" } = usePlaces();
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const service = services.data?.items.find((one) => one.id === id);
  const draft = useDraft(id);
  if (service && draft.ready) return props.children(service, draft);
  return (
    <Screen title="" back={to.service(id)}>
      <Awaited of={services}>{() => <Skeleton />}</Awaited>
    </Screen>
  );
}
