import pg from "pg";

/**
 * Who looks: the part of the tree they may see, and themselves. Row-level security filters by it behind every query.
 * `key` is any text that differs when the roots, the person or the boards differ; connections remember it to save a round trip.
 */
export type Viewer = {
  /** Unit paths; `["cn"]` is everything, `[]` nothing but the person's own records. */
  readonly roots: readonly string[];
  readonly person: string | null;
  /** Paths of the unions on whose boards they read as a member. None when absent. */
  readonly boards?: readonly string[];
  readonly key: string;
};

/** Sees every row: the engine's own work, jobs, the national union. */
export const everything: Viewer = { roots: ["cn"], person: null, key: "everything" };
/** Sees only what is public. */
export const nobody: Viewer = { roots: [], person: null, key: "nobody" };

/**
 * The statements that name the viewer in the connection's settings, where every wall reads them: for the transaction at
 * hand (`local`) or until they are named again. Each is a statement of its own, for a distributed database hands every
 * text that sets something on to its other servers whole.
 */
export function settingsOf(viewer: Viewer, local: boolean): readonly string[] {
  const scope = local ? "set local" : "set";
  const [roots, person, boards] = valuesOf(viewer).map((one) => pg.escapeLiteral(one));
  return [
    `${scope} zhijia.roots to ${roots}`,
    `${scope} zhijia.person to ${person}`,
    `${scope} zhijia.boards to ${boards}`,
  ];
}

/** The same as one statement that stays prepared, which costs the server less than reading three anew. */
export function settingOf(
  viewer: Viewer,
  local: boolean,
): { readonly text: string; readonly values: readonly string[] } {
  return { text: local ? setLocal : setSession, values: valuesOf(viewer) };
}

const [setLocal, setSession] = ["true", "false"].map(
  (local) =>
    `select ${["roots", "person", "boards"].map((name, n) => `set_config('zhijia.${name}', $${n + 1}, ${local})`).join(", ")}`,
) as [string, string];

function valuesOf({ roots, person, boards = [] }: Viewer): readonly [string, string, string] {
  return [
    `{${roots.map((root) => `${plain(root)}.`).join(",")}}`,
    person ?? "",
    `{${boards.map(plain).join(",")}}`,
  ];
}

/** Paths are letters, digits and dots and need no quotes; the wall compares `{cn.}` as text, so none are added. */
function plain(root: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(root)) throw new RangeError(`not a unit path: ${root}`);
  return root;
}
