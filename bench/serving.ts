/** The program's web role over a bench's installation, in a process of its own. Prints the port it listens on. */
import { parseConfig } from "../src/config.ts";
import { serve } from "../src/main.ts";
import { settings } from "./ground.ts";

let input = "";
for await (const piece of process.stdin) input += piece;
const { folder, database, owner } = JSON.parse(input) as { folder: string; database: string; owner: string };
const config = parseConfig(
  settings(folder, { ZHIJIA_ROLES: "web", DATABASE_URL: database, DATABASE_OWNER_URL: owner }),
);
const running = await serve(config);
process.stdout.write(`${new URL(running.url ?? "http://none:0").port}\n`);
