import { type Refusal, refuse } from "../kernel/refusal.ts";
import { type UnitStatus, unitStatuses } from "./levels.ts";

/** What may follow each state of a union's life (organisation.md §5.2). */
const next: Readonly<Record<UnitStatus, readonly UnitStatus[]>> = {
  DRAFT: ["PREPARING"],
  PREPARING: ["FOUNDING_APPROVED", "DRAFT"],
  FOUNDING_APPROVED: ["ELECTED"],
  ELECTED: ["ACTIVE", "FOUNDING_APPROVED"],
  ACTIVE: ["TERM_EXPIRED", "TERM_EXTENDED", "RESTRUCTURING", "SUSPENDED", "DISSOLVING", "MERGED"],
  TERM_EXPIRED: ["TERM_EXTENDED", "ACTIVE", "DISSOLVING"],
  TERM_EXTENDED: ["ACTIVE", "TERM_EXPIRED", "DISSOLVING"],
  RESTRUCTURING: ["ACTIVE"],
  SUSPENDED: ["ACTIVE", "DISSOLVING"],
  DISSOLVING: ["DISSOLVED", "MERGED", "ACTIVE"],
  DISSOLVED: [],
  MERGED: [],
};

/** Changes that only the superior union may make: it approves, dissolves and merges (Law Articles 12, 13). */
const superior: ReadonlySet<UnitStatus> = new Set([
  "FOUNDING_APPROVED",
  "ACTIVE",
  "TERM_EXTENDED",
  "SUSPENDED",
  "DISSOLVED",
  "MERGED",
]);

/** Whether a union's state may change so; refuses `unit-status` and names what may follow. */
export function checkStatus(from: UnitStatus, to: UnitStatus): Refusal | undefined {
  if (next[from].includes(to)) return undefined;
  return refuse("unit-status", {
    from: unitStatuses[from],
    to: unitStatuses[to],
    offered: next[from].map((one) => unitStatuses[one]),
  });
}

/** The states that may follow. */
export function statusesAfter(from: UnitStatus): readonly UnitStatus[] {
  return next[from];
}

/** Whether a change to this state is the superior's to make (Law Articles 12, 13), where there is a superior. */
export function needsSuperior(to: UnitStatus): boolean {
  return superior.has(to);
}

/** Whether a union has come to its end. */
export function isClosed(status: UnitStatus): boolean {
  return status === "DISSOLVED" || status === "MERGED";
}
