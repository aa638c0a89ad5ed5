import type { Doer } from "./words.ts";

/** Whether somebody may know a person as an applicant. */
export function maySeePerson(doer: Doer, person: { readonly id: string; readonly path: string }): boolean {
  return doer.person === null || doer.person === person.id || covers(doer, person.path);
}

/** Whether somebody may know that a case exists: the applicant, and officers who read cases where it lies. */
export function maySeeCase(
  doer: Doer,
  row: {
    readonly applicant_id: string;
    readonly on_behalf_by: string | null;
    readonly path: string;
    readonly turn_path: string | null;
  },
): boolean {
  if (doer.person === null || doer.person === row.applicant_id) return true;
  return readsAt(doer, row.path) || (row.turn_path !== null && readsAt(doer, row.turn_path));
}

/** A post alone shows no case: an employer's representative or a cashier stands above the union and reads none. */
function readsAt(doer: Doer, path: string): boolean {
  return doer.posts.some((post) => post.powers.includes("case.read") && isBelow(path, post.unitPath));
}

function covers(doer: Doer, path: string): boolean {
  return doer.posts.some((post) => isBelow(path, post.unitPath));
}

/** Whether a place is a union or lies below it. */
export function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}.`);
}
