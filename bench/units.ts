import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import pg from "pg";
import { copyIn, copyOut } from "../src/db/index.ts";
import { generateFederation } from "../src/demo/generate/generate.ts";
import { unitsOf } from "../src/demo/generate/request.ts";
import type { ShapeName } from "../src/demo/generate/shape.ts";
import { day, startOf } from "../src/kernel/day.ts";
import { type Id, newId } from "../src/kernel/ids.ts";
import type { UnitPath } from "../src/kernel/path.ts";
import { expect } from "../src/kernel/refusal.ts";
import { moveUnit } from "../src/units/change.ts";
import { createUnit, systemScope } from "../src/units/index.ts";
import { countUnits, listUnits } from "../src/units/store.ts";
import { type Bench, type Figure, figure, median } from "./figure.ts";
import { emptyGround, type Ground, settings } from "./ground.ts";
import { statementsOf } from "./load.ts";

const founded = day("2024-01-02");
const by = { person: null, at: startOf(founded), day: founded };

/**
 * The tree at size: counting subtrees at N and at ten times N (as in life, wide and deep), moving a subtree of about N / 10
 * beside its bare UPDATE statements, finding names among N beside the same SQL bare, and the program's import of N unions
 * beside raw COPY of the finished rows.
 */
export const bench: Bench = async function* (options, say) {
  const { units, seed } = options;
  const trees = [
    { size: units, shape: "realistic" },
    { size: units * 10, shape: "realistic" },
    { size: units * 10, shape: "wide" },
    { size: units * 10, shape: "deep" },
  ] as const;
  for (const { size, shape } of trees) {
    const ground = await emptyGround("units");
    try {
      say(`generating ${size} units, ${shape}`);
      const made = await generateFederation(ground.owner, ground.installation.ring, {
        members: 0,
        units: size,
        seed,
        shape,
      });
      say(`${size} units in ${made.seconds.toFixed(0)} s`);
      yield* counting(ground, size, shape, seed, say);
      if (size === units) yield* finding(ground, size, seed, say);
      else if (shape === "realistic") yield* moving(ground, seed, say);
    } finally {
      await ground.drop();
    }
  }
  yield* importing(units, seed, say);
};

async function* importing(units: number, seed: number, say: (line: string) => void): AsyncGenerator<Figure> {
  const ground = await emptyGround("units");
  const file = join(ground.folder, "units.csv");
  try {
    const rows = await writeFile(file, units, seed);
    const code = await foundProvince(ground);
    say(`importing ${rows} units`);
    const started = performance.now();
    const program = spawn(
      process.execPath,
      [
        join(import.meta.dirname, "..", "bin", "zhijia.js"),
        "import",
        "units",
        file,
        "--parent",
        code,
        "--json",
      ],
      { env: { ...process.env, ...settings(ground.folder) }, stdio: ["ignore", "pipe", "inherit"] },
    );
    let output = "";
    program.stdout.on("data", (piece: Buffer) => {
      output += piece;
    });
    const [exit] = await once(program, "close");
    const seconds = (performance.now() - started) / 1000;
    if (exit !== 0) throw new Error(`the import ended with ${exit}: ${output.slice(0, 2000)}`);
    const { loaded } = JSON.parse(output.slice(output.indexOf("{"))) as { loaded: number };
    if (loaded !== rows) throw new Error(`only ${loaded} of ${rows} units were loaded`);
    say("copying the finished rows");
    yield figure({
      bench: "units",
      metric: "import, units/s",
      value: rows / seconds,
      unit: "1/s",
      reference: "raw COPY of the finished rows, same table and indexes",
      referenceValue: rows / (await rawCopy(ground)),
      rows,
      seed,
    });
  } finally {
    await ground.drop();
  }
}

/** The unions of a tree below its province as a file that names superiors by their codes. */
async function writeFile(path: string, units: number, seed: number): Promise<number> {
  const out = createWriteStream(path);
  out.write("工会名称,工会编码,层级,上级工会编码,行政区划\n");
  const codes = new Map<string, string>();
  let rows = 0;
  for (const unit of unitsOf({ units: units + 2, members: 0, seed })) {
    codes.set(unit.id, unit.code);
    if (unit.level === "NATIONAL" || unit.level === "PROVINCIAL") continue;
    rows++;
    const line = [unit.name, unit.code, unit.level, codes.get(unit.parent ?? "") ?? "", unit.region].join(
      ",",
    );
    if (!out.write(`${line}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  return rows;
}

async function foundProvince(ground: Ground): Promise<string> {
  return ground.owner.system(async (tx) => {
    await sql`insert into installation (fictitious) values (true) on conflict (id) do update set fictitious = true`.execute(
      tx,
    );
    const draft = {
      id: newId<"unit">(),
      parentId: null,
      name: "虚构省总工会",
      level: "PROVINCIAL",
      regionCode: "990000",
    } as const;
    return expect(await createUnit(tx, systemScope(), draft, by)).code;
  });
}

/** Seconds to COPY the units just loaded into their table, emptied. The rows wait in memory. */
async function rawCopy(ground: Ground): Promise<number> {
  const pieces: Buffer[] = [];
  await ground.owner.systemRead(async (tx) => {
    for await (const piece of copyOut(tx, "copy unit to stdout (format binary)")) pieces.push(piece);
  });
  await ground.owner.system((tx) => sql`truncate unit cascade`.execute(tx));
  const started = performance.now();
  await ground.owner.system(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx); // every row looks for its superior
    await copyIn(tx, "copy unit from stdin (format binary)", pieces);
  });
  return (performance.now() - started) / 1000;
}

/** Subtrees counted by the program, from the top and of one union of every level; the slowest, beside count(*). */
async function* counting(
  ground: Ground,
  size: number,
  shape: ShapeName,
  seed: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const { db } = ground.installation;
  const { rows: places } = await ground.owner.systemRead((tx) =>
    sql<{ path: UnitPath; level: string }>`
      select distinct on (level) level, path from unit where level <> 'BRANCH' order by level, path desc`.execute(
      tx,
    ),
  );
  let slowest = { ms: 0, bare: 0, level: "" };
  for (const { path, level } of places) {
    const times: number[] = [];
    let counted = 0;
    for (let round = 0; round < 25; round++) {
      const started = performance.now();
      counted = await db.systemRead((tx) => countUnits(tx, systemScope(), { under: path, limit: 1 }));
      times.push(performance.now() - started);
    }
    const started = performance.now();
    const { rows } = await ground.owner.systemRead((tx) =>
      sql<{
        n: number;
      }>`select count(*)::int as n from unit where path >= ${path} and path < ${`${path}/`}`.execute(tx),
    );
    const bare = performance.now() - started;
    if (rows[0]!.n !== counted) throw new Error(`counted ${counted} below ${path}, there are ${rows[0]!.n}`);
    say(`${level}: ${counted} in ${median(times).toFixed(2)} ms, by count(*) ${bare.toFixed(1)} ms`);
    if (median(times) > slowest.ms) slowest = { ms: median(times), bare, level };
  }
  yield figure({
    bench: "units",
    metric: `subtree count${shape === "realistic" ? "" : ` of a ${shape} tree`}, slowest level (${slowest.level})`,
    value: slowest.ms,
    unit: "ms",
    reference: "count(*) over the path range",
    referenceValue: slowest.bare,
    rows: size,
    seed,
  });
}

/** The parts of names people look for, and how they spell them. */
const searches = [
  "3镇例纺织第12厂",
  "新就业",
  "第15开发区",
  "例软件第7",
  "纺织",
  "zhongli",
  "xugou1shi",
  "990101-00012",
];

/** A page of what a search finds, with its total: by the program, and its statements by a bare client. */
async function* finding(
  ground: Ground,
  size: number,
  seed: number,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const { db } = ground.installation;
  const bare = new pg.Client(ground.installation.direct);
  await bare.connect();
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (const q of searches) {
    const find = () =>
      db.systemRead(async (tx) => {
        const scope = systemScope();
        const found = await listUnits(tx, scope, { q, limit: 50 });
        await countUnits(tx, scope, { q, limit: 50 });
        return found.length;
      });
    const found = await find();
    const statements = await statementsOf(find);
    const [mine, its]: [number[], number[]] = [[], []];
    for (let round = 0; round < 7; round++) {
      let started = performance.now();
      await find();
      mine.push(performance.now() - started);
      started = performance.now();
      for (const { text, values } of statements) await bare.query({ text, values });
      its.push(performance.now() - started);
    }
    say(`${q}: ${found} on the page, ${median(mine).toFixed(1)} ms, bare ${median(its).toFixed(1)} ms`);
    ours.push(median(mine));
    theirs.push(median(its));
  }
  await bare.end();
  const slowest = ours.indexOf(Math.max(...ours));
  const found: readonly (readonly [string, number, number])[] = [
    ["name search, median", median(ours), median(theirs)],
    [`name search, slowest (${searches[slowest]})`, ours[slowest]!, theirs[slowest]!],
  ];
  for (const [metric, mine, its] of found)
    yield figure({
      bench: "units",
      metric,
      value: mine,
      unit: "ms",
      reference: "the same statements by a bare client",
      referenceValue: its,
      rows: size,
      seed,
    });
}

/** A city goes to the national union by the program's move, and back by the bare statements; twice. */
async function* moving(ground: Ground, seed: number, say: (line: string) => void): AsyncGenerator<Figure> {
  const { owner } = ground;
  const { rows } = await owner.systemRead((tx) =>
    sql<{ id: Id<"unit">; path: UnitPath; parent: Id<"unit">; top: Id<"unit"> }>`
      select c.id, c.path, c.parent_id as parent, (select id from unit where level = 'NATIONAL') as top
      from unit c where c.level = 'PREFECTURE' order by c.path limit 1`.execute(tx),
  );
  const city = rows[0]!;
  const moved = await owner.systemRead((tx) => countUnits(tx, systemScope(), { under: city.path, limit: 1 }));
  say(`moving ${moved} units`);
  const there = `cn.${city.path.slice(city.path.lastIndexOf(".") + 1)}`;
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3; round++) {
    let started = performance.now();
    await owner.system(async (tx) =>
      expect(await moveUnit(tx, systemScope(), city.id, city.top, "区划调整", by)),
    );
    ours.push(performance.now() - started);
    started = performance.now();
    await owner.system(async (tx) => {
      await sql`update unit set path = ${city.path} || substr(path, ${there.length + 1})
        where path >= ${there} and path < ${`${there}/`}`.execute(tx);
      await sql`update unit set parent_id = ${city.parent} where id = ${city.id}`.execute(tx);
    });
    theirs.push(performance.now() - started);
    say(`${ours.at(-1)!.toFixed(0)} ms, bare ${theirs.at(-1)!.toFixed(0)} ms`);
  }
  yield figure({
    bench: "units",
    metric: "move of a subtree",
    value: median(ours),
    unit: "ms",
    reference: "the bare UPDATE statements of the same rows",
    referenceValue: median(theirs),
    rows: moved,
    seed,
  });
}
