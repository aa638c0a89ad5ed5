import { sql } from "kysely";
import { copyIn, copyOut } from "../src/db/index.ts";
import { generateFederation } from "../src/demo/generate/generate.ts";
import { memberTables } from "../src/demo/generate/members.ts";
import { type Bench, figure } from "./figure.ts";
import { emptyGround, type Ground } from "./ground.ts";

/**
 * Generating the members of a federation, drawn, sealed and copied, while the tables have no index yet; beside raw COPY of
 * the same finished rows into bare tables. And the whole, indexes and figures included.
 */
export const bench: Bench = async function* (options, say) {
  const { members, seed } = options;
  const ground = await emptyGround("generate");
  try {
    say(`generating ${members} members`);
    const request = { members, units: Math.ceil(members / 118), cases: 0, seed };
    const made = await generateFederation(ground.owner, ground.installation.ring, request);
    say("copying the finished rows");
    const common = { bench: "generate", rows: members, seed };
    yield figure({
      ...common,
      metric: "members/s while they are copied in",
      value: members / made.copySeconds,
      unit: "1/s",
      reference: "raw COPY of the same rows into bare tables",
      referenceValue: members / (await rawCopy(ground)),
    });
    yield figure({
      ...common,
      metric: "all of it, unions, indexes and figures too",
      value: made.seconds,
      unit: "s",
    });
  } finally {
    await ground.drop();
  }
};

/** Seconds to COPY the members' rows, held in memory, into tables without an index, new in the same transaction. */
async function rawCopy({ owner }: Ground): Promise<number> {
  let seconds = 0;
  for (const [table, columns] of Object.entries(memberTables)) {
    const pieces: Buffer[] = [];
    await owner.systemRead(async (tx) => {
      for await (const piece of copyOut(
        tx,
        `copy (select ${columns} from ${table}) to stdout (format binary)`,
      ))
        pieces.push(piece);
    });
    await owner.system(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      await sql`create table bare (like ${sql.table(table)} including defaults)`.execute(tx);
      const began = performance.now();
      await copyIn(tx, `copy bare (${columns}) from stdin (format binary)`, pieces);
      seconds += (performance.now() - began) / 1000;
      await sql`drop table bare`.execute(tx);
    });
  }
  return seconds;
}
