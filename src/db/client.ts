import pg from "pg";
import { isGone } from "./errors.ts";
import { systemCode, unreachable } from "./trouble.ts";

/**
 * Does work on one connection of its own, which ends with it: what was not committed is undone. Throws `Trouble` when the
 * database cannot be reached or goes away meanwhile.
 */
export async function withClient<T>(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(config);
  client.on("error", () => {}); // told to whoever waits for an answer as well
  let connected = false;
  try {
    await client.connect();
    connected = true;
    return await work(client);
  } catch (error) {
    // The work may miss a file, which says the same as a socket that is not there.
    const isFile = connected && systemCode(error) === "ENOENT";
    throw isGone(error) && !isFile ? unreachable(error) : error;
  } finally {
    await client.end();
  }
}
