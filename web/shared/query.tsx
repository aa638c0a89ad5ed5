import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { addressOf, ask, keepCsrf, Problem } from "./api.ts";
import type { Me } from "./types.ts";

/** Answers of the server, asked once and shared by every part of a page that needs them. */

/** The store of answers of a face. Its keys are addresses. */
export function newAnswers(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A refusal is an answer; only a lost connection or a busy server is worth asking again.
        retry: (count, error) =>
          count < 2 &&
          error instanceof Problem &&
          (error.status === 0 || error.status >= 502) &&
          navigator.onLine,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** Holds the answers for all below it. */
export function Answering({
  client,
  children,
}: {
  readonly client: QueryClient;
  readonly children: ReactNode;
}): ReactNode {
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

interface Options {
  readonly enabled?: boolean;
  readonly staleTime?: number;
  /** A 401 does not send the person to the sign-in page. */
  readonly quiet?: boolean;
  readonly refetchInterval?: number;
}

/** What stands at an address: `useAnswer<CasePage>(addressOf("/cases/:id", {id}))`. */
export function useAnswer<Answer>(address: string, options: Options = {}) {
  const { quiet = false, ...rest } = options;
  return useQuery<Answer, Problem>({
    queryKey: [address],
    queryFn: ({ signal }) => ask<Answer>(address, { signal, quiet }),
    ...rest,
  });
}

export const meAddress = addressOf("/me");

/** Who is signed in; `null` when nobody is. Keeps the session's CSRF word as it passes. */
export function useMe() {
  const found = useQuery<Me | null, Problem>({
    queryKey: [meAddress],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      try {
        const me = await ask<Me>(meAddress, { signal, quiet: true });
        keepCsrf(me.csrf);
        return me;
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
  });
  return found;
}

/** A function that makes every answer whose address begins so be asked again. */
export function useForget(): (...beginnings: readonly string[]) => Promise<void> {
  const client = useQueryClient();
  return (...beginnings) =>
    client.invalidateQueries({
      predicate: ({ queryKey }) => beginnings.some((start) => String(queryKey[0]).startsWith(start)),
    });
}

/** What the server tells of its own accord while the page is open: `message`, `case`, `import`, `day`. */
export type LiveEvent = "message" | "case" | "import" | "day";

/** Listen to the server's events and ask again for what they touch; `then` sees each as well. */
export function useLive(enabled: boolean, then?: (event: LiveEvent, data: unknown) => void): void {
  const client = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: one connection for the life of the session.
  useEffect(() => {
    if (!enabled || typeof EventSource === "undefined") return;
    const source = new EventSource("/api/events");
    const refresh = (...starts: string[]): void => {
      void client.invalidateQueries({
        predicate: ({ queryKey }) => starts.some((start) => String(queryKey[0]).startsWith(start)),
      });
    };
    const touched: Record<LiveEvent, readonly string[]> = {
      message: ["/api/messages", "/api/me", "/api/transfers"],
      case: ["/api/cases", "/api/me/cases", "/api/inbox"],
      import: ["/api/imports"],
      day: ["/api"],
    };
    for (const name of Object.keys(touched) as LiveEvent[]) {
      source.addEventListener(name, (event) => {
        refresh(...touched[name]);
        let data: unknown;
        try {
          data = JSON.parse((event as MessageEvent<string>).data);
        } catch {
          data = undefined;
        }
        then?.(name, data);
      });
    }
    return () => source.close();
  }, [enabled]);
}
