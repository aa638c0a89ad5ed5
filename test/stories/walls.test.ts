import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import type { Viewer } from "../../src/db/index.ts";
import { derivedId } from "../../src/kernel/ids.ts";
import { story } from "./story.ts";

/** The wall behind scope: a statement that forgets its filter still sees only what is the viewer's. */

const s = story({ lives: true });

/** Tables without a wall, and why they need none. */
const open: Readonly<Record<string, string>> = {
  installation: "one row of the installation itself",
  key_mark: "marks of the keys, no facts",
  unit: "unions are public",
  unit_event: "what happened to unions, by name",
  post: "who holds which post is public within unions; read by every chain of a case",
  policy_value: "policies are public",
  policy_version: "counts changes of policies",
  identity_lookup: "keyed hashes",
  phone_lookup: "keyed hashes",
  case_lookup: "ids and districts",
  notice_lookup: "ids and districts",
  paper_lookup: "ids and districts",
  case_serial: "counters",
  batch_serial: "counters",
  book_month: "counters",
  member_serial: "counters",
  cap_use: "sums by id, no names",
  cap_link: "ids and districts",
  aid_once: "ids and districts",
  round: "what is given out, announced to all who may claim",
  round_share: "counters",
  hardship_claim: "keyed hashes",
  sign_in_code: "keyed hashes",
  sign_in_failure: "keyed hashes",
  message_preference: "channels and hours; the mail address is sealed",
  verify_code: "what anybody who holds the code may read",
  day_root: "published",
  rollup_state: "whether roll-ups were built",
};

const appendOnly = [
  "case_action",
  "day_root",
  "transfer",
  "voucher",
  "membership_event",
  "unit_event",
  "look",
  "batch_action",
  "bank_result",
];

/** What passes by itself; from every other table the running role takes nothing away. */
const passing = [
  "case_draft",
  "hardship_claim",
  "import_chunk",
  "import_problem",
  "paper",
  "paper_chunk",
  "paper_lookup",
  "phone_lookup",
  "rollup",
  "rollup_delta",
  "session",
  "sign_in_code",
  "sign_in_failure",
];

/** What runs with the owner's rights, past every wall, for whoever asks. */
const pastTheWall: Readonly<Record<string, string>> = {
  zhijia_follow_move: "does nothing unless the tree shows the move",
  zhijia_below: "tells two totals that stand open to every reader of the tree",
};

test("every table has a wall or a reason for none", async () => {
  await s.as("chair.county");
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ name: string; walled: boolean }>`select relname name, relrowsecurity walled from pg_class c
      join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and relkind in ('r', 'p') and not relispartition order by 1`.execute(
      tx,
    ),
  );
  const bare = rows.filter((row) => !row.walled && !(row.name in open)).map((row) => row.name);
  const jobs = bare.filter((name) => !/^(job|migration|schema)/.test(name));
  assert.deepEqual(jobs, []);
});

const place = async (key: string): Promise<string> => {
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ path: string }>`select path from unit where id = ${derivedId<"unit">("demo", key)}`.execute(tx),
  );
  return rows[0]!.path;
};

test("a statement without a filter sees nothing outside, at any level, and a stranger nothing at all", async () => {
  const { rows: tables } = await s.database.owner.systemRead((tx) =>
    sql<{
      name: string;
      path: string | null;
    }>`select relname name, (select attname from pg_attribute a where a.attrelid = c.oid and attname = 'path') path
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and relkind = 'r' and relrowsecurity`.execute(
      tx,
    ),
  );
  for (const key of [null, "textile", "port", "lake", "county", "city", "province"]) {
    const root = key === null ? null : await place(key);
    const viewer: Viewer = { roots: root === null ? [] : [root], person: null, key: `wall ${key}` };
    for (const { name, path } of tables) {
      const seen = await s.database.db.read(viewer, (tx) =>
        sql<{ n: number }>`select count(*)::int n from ${sql.table(name)}`.execute(tx),
      );
      const inside = await s.database.owner.systemRead((tx) =>
        path === null
          ? sql<{
              n: number;
            }>`select count(*) filter (where not ${root === null}::boolean)::int n from ${sql.table(name)}`.execute(
              tx,
            )
          : sql<{
              n: number;
            }>`select count(*)::int n from ${sql.table(name)} t where (path || '.') ^@ (${root ?? "-"}::text || '.')
              ${name === "case_file" ? sql`or (turn_path || '.') ^@ (${root ?? "-"}::text || '.')` : name === "notice" ? sql`or (scope = 'public' and state in ('up', 'blocked'))` : sql``}`.execute(
              tx,
            ),
      );
      const [n, most] = [seen.rows[0]!.n, inside.rows[0]!.n];
      assert.ok(n <= most, `${key ?? "a stranger"} sees ${n} rows of ${name}, ${most} are inside`);
      if (path !== null && name !== "notice") assert.equal(n, most, `${key} misses rows of ${name}`);
    }
  }
});

test("a member's boards let through what hangs there, and nothing before, after or beside", async () => {
  const own = await place("textile");
  const boards = own.split(".").map((_, depth, all) => all.slice(0, depth + 1).join("."));
  const viewer: Viewer = { roots: [], person: null, boards, key: "wall of a board" };
  const seen = await s.database.db.read(viewer, (tx) => tx.selectFrom("notice").select("id").execute());
  const hanging = await s.database.owner.systemRead((tx) =>
    tx
      .selectFrom("notice")
      .where("state", "in", ["up", "blocked"])
      .where((or) => or.or([or("scope", "=", "public"), or("path", "in", boards)]))
      .select("id")
      .execute(),
  );
  assert.ok(hanging.length > 0);
  assert.deepEqual(seen.map(({ id }) => id).sort(), hanging.map(({ id }) => id).sort());
  const nobody: Viewer = { roots: [], person: null, key: "wall of no board" };
  const without = await s.database.db.read(nobody, (tx) =>
    tx.selectFrom("notice").where("scope", "=", "unit").select("id").execute(),
  );
  assert.deepEqual(without, [], "the connection forgets whose boards it read");
});

test("what hangs on a case is walled with it", async () => {
  const viewer: Viewer = { roots: [await place("port")], person: null, key: "wall of port's cases" };
  const rows = await s.database.db.read(viewer, async (tx) => [
    ...(await sql<{ case_id: string }>`select distinct case_id from case_action`.execute(tx)).rows,
    ...(
      await sql<{ case_id: string }>`select distinct case_id from paper where case_id is not null`.execute(tx)
    ).rows,
  ]);
  const { rows: own } = await s.database.owner.systemRead((tx) =>
    sql<{
      id: string;
    }>`select id from case_file where (path || '.') ^@ (${viewer.roots[0]}::text || '.')`.execute(tx),
  );
  assert.ok(rows.length > 0);
  assert.deepEqual(new Set(rows.map((row) => row.case_id)), new Set(own.map((row) => row.id)));
});

test("the running role takes away only what passes, and runs nothing past the wall but what is named", async () => {
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ kind: string; name: string }>`
      select 'table' kind, relname name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where nspname = 'public' and relkind in ('r', 'p') and has_table_privilege('zhijia_app', c.oid, 'DELETE, TRUNCATE')
      union all select 'function', proname from pg_proc p
        where prosecdef and has_function_privilege('zhijia_app', p.oid, 'EXECUTE') order by 1, 2`.execute(tx),
  );
  const of = (kind: string) => rows.filter((one) => one.kind === kind).map((one) => one.name);
  assert.deepEqual(of("table"), passing);
  assert.deepEqual(of("function").sort(), Object.keys(pastTheWall).sort());
});

test("the running role rewrites nothing that is kept for ever, and changes no table", async () => {
  for (const table of appendOnly)
    for (const right of ["UPDATE", "DELETE", "TRUNCATE"]) {
      const { rows } = await s.database.owner.systemRead((tx) =>
        sql<{
          may: boolean;
        }>`select has_table_privilege('zhijia_app', ${table}, ${right}) or (${right} = 'UPDATE' and has_any_column_privilege('zhijia_app', ${table}, 'UPDATE')) may`.execute(
          tx,
        ),
      );
      assert.equal(rows[0]!.may, false, `${right} on ${table}`);
    }
  for (const statement of [
    "update case_action set note = 'x'",
    "delete from transfer",
    "update schema_migration set checksum = 'x'",
    "update key_mark set mark = 'x'",
    "truncate voucher",
    "alter table person disable row level security",
    "drop table look",
    "create table mine (id int)",
    "alter role zhijia_app bypassrls",
    "copy person to program 'cat'",
  ])
    await assert.rejects(
      s.database.db.system((tx) => sql.raw(statement).execute(tx)),
      statement,
    );
});
