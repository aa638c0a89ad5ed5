import { useQuery } from "@tanstack/react-query";
import type { Text } from "../../../src/kernel/words.ts";
import { addressOf, ask } from "../api.ts";
import type { Answers, Service } from "../types.ts";
import type { PaperLabel } from "./field.tsx";

/**
 * The kinds of paper a service asks for, as its forms name them, and which of them the answers so far call for, as the
 * server says; until it has said, and without answers, those that everybody needs. None while no service is meant.
 */
export function usePaperLabels(
  service: Service | undefined,
  answers: Answers | undefined,
  t: (text: Text) => string,
): Readonly<Record<string, PaperLabel>> {
  const needed = useNeededPapers(service, answers);
  return Object.fromEntries(
    (service?.papers ?? []).map((paper) => [
      paper.kind,
      {
        label: t(paper.label),
        ...(paper.when && { when: t(paper.when) }),
        ...(needed ? { needed: needed.has(paper.kind) } : !paper.when && { needed: true }),
      },
    ]),
  );
}

/** The kinds of paper the answers so far call for; `undefined` until the server has said. */
function useNeededPapers(
  service: Service | undefined,
  answers: Answers | undefined,
): ReadonlySet<string> | undefined {
  const asking = service !== undefined && answers !== undefined && service.papers.some(({ when }) => when);
  // Only what is neither long nor sensitive decides it, and is worth asking again for.
  const telling = Object.fromEntries(
    (service?.fields ?? [])
      .filter(({ kind, sensitive }) => !sensitive && ["oneOf", "manyOf", "yesNo"].includes(kind))
      .flatMap(({ key }) => (answers?.[key] === undefined ? [] : [[key, answers[key]]])),
  );
  const found = useQuery({
    queryKey: ["papers", service?.id, telling],
    enabled: asking,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () =>
      ask<{ items: readonly { readonly kind: string; readonly needed: boolean }[] }>(
        addressOf("/services/:id/papers", { id: service?.id ?? "" }),
        { method: "POST", body: { answers: telling } },
      ),
  });
  return found.data && new Set(found.data.items.filter(({ needed }) => needed).map(({ kind }) => kind));
}
