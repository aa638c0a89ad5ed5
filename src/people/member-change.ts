import { isCountedMember, type MembershipStatus, type StatusReason } from "./membership.ts";

/** What memberships change in the count of members (membership.md §11). */

/** How an event changes who is counted: the words of the period equation (membership.md §11). */
export type MemberChange =
  | "joined"
  | "reactivated"
  | "transferred"
  | "retained"
  | "withdrawn"
  | "autoWithdrawn"
  | "expelled"
  | "deceased"
  | "cancelled";

const leaving = {
  RETAINED: "retained",
  WITHDRAWN: "withdrawn",
  AUTO_WITHDRAWN: "autoWithdrawn",
  EXPELLED: "expelled",
  DECEASED: "deceased",
} as const satisfies Partial<Record<MembershipStatus, MemberChange>>;

/**
 * What a relation's step from one status to another changes in the counted members; null when nothing. `moved`: whether
 * it stands in another union than before. A record taken to another district is cancelled here and transferred there:
 * only the latter counts.
 */
export function changeOf(
  from: MembershipStatus | null,
  to: MembershipStatus,
  step: { readonly moved: boolean; readonly reason: StatusReason },
): MemberChange | null {
  const [was, is] = [isCountedMember(from), isCountedMember(to)];
  if (was && is) return step.moved ? "transferred" : null;
  if (is)
    return from === "RETAINED" || from === "WITHDRAWN" || from === "AUTO_WITHDRAWN" || from === "DECEASED"
      ? "reactivated"
      : "joined";
  if (!was || (to === "CANCELLED" && step.reason === "JOB_CHANGE")) return null;
  return (leaving as Partial<Record<MembershipStatus, MemberChange>>)[to] ?? "cancelled";
}

/** The change of members in a period (membership.md §11). Counts of persons. */
export interface PeriodChange {
  readonly opening: number;
  readonly joined: number;
  readonly transferredIn: number;
  readonly reactivated: number;
  readonly transferredOut: number;
  readonly retained: number;
  readonly withdrawn: number;
  readonly autoWithdrawn: number;
  readonly expelled: number;
  readonly deceased: number;
  readonly cancelled: number;
}

/** What a period must close with. */
export function closingOf(change: PeriodChange): number {
  const came = change.joined + change.transferredIn + change.reactivated;
  const went =
    change.transferredOut +
    change.retained +
    change.withdrawn +
    change.autoWithdrawn +
    change.expelled +
    change.deceased +
    change.cancelled;
  return change.opening + came - went;
}
