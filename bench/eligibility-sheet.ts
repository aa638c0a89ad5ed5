/** Writes the whole sheet of whom living aid fits to nowhere, and prints how long it took and the most memory it held. */
import { openDatabase } from "../src/db/pool.ts";
import { day } from "../src/kernel/day.ts";
import { livingLines } from "../src/services/care/eligible.ts";
import { livingSheet } from "../src/services/care/eligible-sheet.ts";
import { systemScope } from "../src/units/index.ts";

const [as, today, capFen] = process.argv.slice(2);
const params = { today: day(today!), capFen: Number(capFen) };
const db = openDatabase({
  connection: { connectionString: process.env["DATABASE_URL"] },
  role: "zhijia_app",
});
const began = performance.now();
const sheet = livingSheet(as as "csv" | "xlsx", "zh", (after, limit) =>
  db.systemRead((tx) => livingLines(tx, systemScope(), params, { after, limit })),
);
let pieces = 0;
for await (const _piece of sheet.file as AsyncIterable<Uint8Array>) pieces++;
if (pieces === 0) throw new Error("the sheet is empty");
const { maxRSS } = process.resourceUsage();
process.stdout.write(JSON.stringify({ ms: performance.now() - began, mebibytes: maxRSS / 1024 }));
await db.close();
