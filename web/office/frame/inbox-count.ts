import { addressOf } from "../../shared/api.ts";
import { useAnswer } from "../../shared/query.tsx";

/** How many things wait on the desk, for the menu. */
export function useInboxCount(): number | undefined {
  const found = useAnswer<{ readonly total?: number }>(addressOf("/inbox", {}, { limit: 1 }), {
    staleTime: 30_000,
  });
  return found.data?.total;
}
