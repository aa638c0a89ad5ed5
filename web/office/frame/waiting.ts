import { addressOf } from "../../shared/api.ts";
import { useAnswer } from "../../shared/query.tsx";

/** How many things wait for the officer at each place of the menu that counts them. */
export function useWaitingCounts(transfers: boolean): Readonly<Record<string, number | undefined>> {
  const inbox = useAnswer<{ readonly total?: number }>(addressOf("/inbox", {}, { limit: 1 }), {
    staleTime: 30_000,
  });
  const moving = useAnswer<{ readonly waiting: number }>(addressOf("/transfers", {}, { limit: 1 }), {
    staleTime: 30_000,
    enabled: transfers,
  });
  return { "/inbox": inbox.data?.total, "/transfers": moving.data?.waiting };
}
