import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { addressOf, ask, Problem } from "../shared/api.ts";
import { useAnswer } from "../shared/query.tsx";
import type { Answers, Field, ServiceList } from "../shared/types.ts";

/**
 * What a person has filled in so far. The server keeps it, sealed; this phone keeps a copy of what is not
 * sensitive, so that nothing is lost without a network and no card number lies in the phone's storage.
 */
export interface Draft {
  readonly ready: boolean;
  readonly answers: Answers;
  readonly state: "saved" | "saving" | "phone";
  readonly set: (key: string, value: unknown) => void;
  readonly fillIn: (answers: Answers) => void;
  /** Save at once what is not saved yet. */
  readonly flush: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

interface Kept {
  readonly answers: Answers;
  readonly at: number;
  readonly unsent: boolean;
}

const shelf = (service: string): string => `zhijia.draft.${service}`;
/** Everything of this page's life, sensitive answers too, by service. */
const live = new Map<string, { answers: Answers; unsent: boolean }>();

function localOf(service: string): Kept | undefined {
  try {
    const text = localStorage.getItem(shelf(service));
    return text === null ? undefined : (JSON.parse(text) as Kept);
  } catch {
    return undefined;
  }
}

function sensitive(field: Field): boolean {
  return field.sensitive === true || (field.fields ?? []).some(sensitive);
}

/** Forget every draft on this phone: at sign-out. The server's copies stay. */
export function forgetDrafts(): void {
  live.clear();
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("zhijia.draft.")) localStorage.removeItem(key);
    }
    sessionStorage.clear();
  } catch {
    // Nothing was kept.
  }
}

/** The draft of a service. Saves a moment after every answer, and again once the network is back. */
export function useDraft(service: string): Draft {
  const client = useQueryClient();
  const address = addressOf("/drafts/:service", { service });
  const services = useAnswer<ServiceList>(addressOf("/services"), { staleTime: 300_000 });
  const hidden = useRef<ReadonlySet<string>>(new Set());
  const declared = services.data?.items.find((one) => one.id === service);
  if (declared) hidden.current = new Set(declared.fields.filter(sensitive).map(({ key }) => key));
  const kept = useAnswer<{ answers: Answers | null } | null | undefined>(address, {
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [answers, setAnswers] = useState<Answers>(live.get(service)?.answers ?? {});
  const [state, setState] = useState<Draft["state"]>("saved");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const settled = kept.data !== undefined || kept.error !== null || live.has(service);

  useEffect(() => {
    if (!settled || live.has(service)) return;
    const local = localOf(service);
    const remote = kept.data?.answers ?? {};
    // The phone's copy is newer only when it could not be sent.
    const start = local?.unsent ? { ...remote, ...local.answers } : remote;
    live.set(service, { answers: start, unsent: local?.unsent ?? false });
    setAnswers(start);
  }, [settled, service, kept.data]);

  const keepLocal = useCallback(
    (now: Answers, unsent: boolean): void => {
      const open = Object.fromEntries(Object.entries(now).filter(([key]) => !hidden.current.has(key)));
      try {
        localStorage.setItem(shelf(service), JSON.stringify({ answers: open, at: Date.now(), unsent }));
      } catch {
        // Full or refused storage: the server's copy remains.
      }
    },
    [service],
  );

  const flush = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current);
    const now = live.get(service);
    if (!now?.unsent) return;
    setState("saving");
    try {
      await ask(address, { method: "PUT", body: { answers: now.answers } });
      if (live.get(service)?.answers === now.answers) {
        live.set(service, { answers: now.answers, unsent: false });
        keepLocal(now.answers, false);
        setState("saved");
      }
      client.setQueryData([address], { answers: now.answers });
    } catch (error) {
      setState("phone");
      if (!(error instanceof Problem)) throw error;
    }
  }, [address, client, keepLocal, service]);

  const change = useCallback(
    (next: Answers): void => {
      live.set(service, { answers: next, unsent: true });
      setAnswers(next);
      keepLocal(next, true);
      setState("saving");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), 700);
    },
    [flush, keepLocal, service],
  );

  useEffect(() => {
    const again = (): void => void flush();
    addEventListener("online", again);
    return () => {
      removeEventListener("online", again);
      void flush();
    };
  }, [flush]);

  return {
    ready: settled,
    answers,
    state,
    set: (key, value) => {
      const next = { ...(live.get(service)?.answers ?? answers) };
      if (value === undefined) delete next[key];
      else next[key] = value;
      change(next);
    },
    fillIn: (more) => change({ ...more, ...(live.get(service)?.answers ?? answers) }),
    flush,
    discard: async () => {
      clearTimeout(timer.current);
      live.delete(service);
      try {
        localStorage.removeItem(shelf(service));
      } catch {
        // Nothing was kept.
      }
      client.setQueryData([address], { answers: {} });
      await ask(address, { method: "DELETE" }).catch(() => {});
    },
  };
}
