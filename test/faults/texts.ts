import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { openDatabase } from "../../src/db/pool.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { putPreference, tell } from "../../src/messages/index.ts";
import type { Site } from "./program.ts";

/** Jobs whose runs can be counted from outside: text messages, each sent by a job of its own to a gateway of ours. */
export interface Texts {
  /** What the program is set to. */
  readonly env: { readonly SMS_URL: string };
  /** How many came to a telephone. */
  readonly countOf: (phone: string) => number;
  /** Tells somebody of the fictitious federation so many things, each by a text message. */
  readonly tell: (name: string, count: number) => Promise<void>;
}

/** A gateway that takes its time for each message, and closes after the file's tests. */
export async function textsOf(s: Site, takesMs = 0): Promise<Texts> {
  const counts = new Map<string, number>();
  const gateway = createServer((request, answer) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { phone } = JSON.parse(body) as { phone: string };
      counts.set(phone, (counts.get(phone) ?? 0) + 1);
      setTimeout(() => answer.writeHead(200).end(), takesMs);
    });
  });
  await new Promise<void>((done) => gateway.listen(0, "127.0.0.1", done));
  after(() => void gateway.close());
  return {
    env: { SMS_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/` },
    countOf: (phone) => counts.get(phone) ?? 0,
    async tell(name, count) {
      const db = openDatabase({ connection: s.login(), role: null, max: 1 });
      try {
        await db.system(async (tx) => {
          const found = tx.selectFrom("person").select(["id", "district"]).where("name", "=", name);
          const { id, district } = await found.executeTakeFirstOrThrow();
          const to = { person: id as Id<"person">, district };
          await putPreference(tx, to, { channels: ["sms"], quietFrom: "00:00", quietUntil: "00:00" });
          for (let n = 0; n < count; n++) {
            const params = { unit: `试例${n}`, memberNo: "1" };
            await tell(tx, { to: [to], template: "member.joined", params, now: new Date() });
          }
        });
      } finally {
        await db.close();
      }
    },
  };
}
