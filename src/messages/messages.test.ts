import assert from "node:assert/strict";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { sql } from "kysely";
import { SMTPServer } from "smtp-server";
import { type Caller, withServer } from "../http/testing.ts";
import { createJobRunner, type JobRunner, queueState } from "../jobs/index.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { createPerson } from "../people/store.ts";
import { makePost, makeTree } from "../units/testing.ts";
import { publish } from "./events.ts";
import { newHub } from "./hub.ts";
import { daily, jobs } from "./jobs.ts";
import { newMailer } from "./mail.ts";
import { quietFor, wordsOf } from "./messages.ts";
import { insertDeliveries, insertMessages } from "./store.ts";
import { tell } from "./tell.ts";
import { templates } from "./templates/index.ts";

/** A mail server of this file's own. */
const mails: string[] = [];
let smtpRefuses = false;
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData(stream, _session, done) {
    let mail = "";
    stream.on("data", (chunk: Buffer) => {
      mail += chunk.toString();
    });
    stream.on("end", () => {
      if (smtpRefuses)
        return done(Object.assign(new Error("no room for wang@example.cn"), { responseCode: 452 }));
      mails.push(mail);
      done();
    });
  },
});
const listening = new Promise<number>((done) => {
  const server = smtp.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port));
});
after(() => new Promise<void>((done) => smtp.close(() => done())));

const app = withServer();
let mailer: ReturnType<typeof newMailer>;
let runner: JobRunner;
let tree: Awaited<ReturnType<typeof makeTree>>;
let workerId: Id<"person">;
let worker: Caller;
let officer: Caller;

before(async () => {
  mailer = newMailer({
    host: "127.0.0.1",
    port: await listening,
    from: "职家 <zhijia@example.cn>",
    insecure: true,
  });
  await app.serving();
  const context = () => ({ ...app.ctx, mail: mailer });
  runner = createJobRunner({ handlers: [jobs], daily: [], context, connection: app.connection });
  await app.db.system(async (tx) => {
    tree = await makeTree(tx);
    const made = async (name: string, unit: typeof tree.company) =>
      expect(await createPerson(tx, app.ctx.ring, { unit, name, identity: null } as never, app.clock.today()))
        .id;
    workerId = await made("王虚构", tree.company);
    const officerId = await made("李虚构", tree.county);
    await makePost(tx, tree.county, "aid", { person: officerId, name: "李虚构" });
    officer = await app.as(officerId, tree.county.district);
  });
  worker = await app.as(workerId, tree.company.district, false);
});
after(() => mailer.close());

const evening = new Date("2026-03-02T15:30:00Z"); // 23:30 in Shanghai
const tellWorker = (now = app.clock.now()) =>
  app.db.system(async (tx) =>
    tell(tx, {
      to: [{ person: workerId, district: tree.company.district }],
      template: "case.paid",
      params: { amountFen: 374_400n, on: "2026-03-02", cardTail: "1234", number: "2026-990101-SH-0001" },
      now,
      case: newId<"case">(),
      link: "/w/cases/1",
    }),
  );

test("every template says the same places in both languages", () => {
  const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [name, { title, body }] of Object.entries(templates)) {
    assert.deepEqual(new Set(places(title.zh)), new Set(places(title.en)), name);
    assert.deepEqual(new Set(places(body.zh)), new Set(places(body.en)), name);
    assert.doesNotMatch(
      title.zh + title.en,
      /\{(name|amountFen|totalFen|reason|cardTail|phone)\}/,
      `${name}: titles go out by mail`,
    );
    assert.doesNotMatch(title.zh + body.zh, /[!！]|亲|请您进行/, `${name}: not how a colleague speaks`);
  }
});

test("amounts and days are written as each language writes them", () => {
  const params = { amountFen: 374400, on: "2026-09-28", cardTail: "1234", number: "N1" };
  assert.match(wordsOf("case.paid", params, "zh").body, /¥3,744\.00 已于2026年9月28日/);
  assert.match(
    wordsOf("case.paid", params, "en").body,
    /¥3,744\.00 was paid on .*28 September 2026|¥3,744\.00 was paid on .*September 28, 2026/,
  );
});

test("a reason that ends in a stop of its own gets no second one", () => {
  const params = { service: "建档", number: "1", dueOn: "2026-12-11", ifNothing: "" };
  const zh = wordsOf("case.returned", { ...params, reason: "请重拍票据。" }, "zh").body;
  assert.match(zh, /：请重拍票据。请在/);
  const en = wordsOf("case.returned", { ...params, reason: "Take it again." }, "en").body;
  assert.match(en, /: Take it again\. Please/);
});

test("quiet hours end when they say, also over midnight", () => {
  const night = { from: "22:00", until: "07:00" };
  const hours = (iso: string, quiet = night) => quietFor(new Date(iso), quiet) / 3_600_000;
  assert.equal(hours("2026-03-02T14:00:00Z"), 9);
  assert.equal(hours("2026-03-02T22:59:00Z"), 1 / 60);
  assert.equal(hours("2026-03-02T23:00:00Z"), 0);
  assert.equal(hours("2026-03-02T13:59:59Z"), 0);
  assert.equal(hours("2026-03-02T04:30:00Z", { from: "12:00", until: "14:00" }), 1.5);
  assert.equal(hours("2026-03-02T04:30:00Z", { from: "00:00", until: "00:00" }), 0);
});

test("a message is read in the reader's language, counted, and marked as read", async () => {
  await tellWorker();
  const { items } = (await worker.get("/api/messages")).json;
  assert.equal(items[0].title, "帮扶金已发放");
  assert.match(items[0].body, /¥3,744\.00/);
  assert.equal(
    (await worker.get("/api/messages", { "accept-language": "en" })).json.items[0].title,
    "Your aid has been paid",
  );
  assert.equal((await worker.get("/api/me")).json.unread, 1);
  assert.equal((await worker.post(`/api/messages/${items[0].id}/read`)).status, 204);
  assert.equal((await worker.get("/api/me")).json.unread, 0);
});

test("messages page from the newest on and are nobody else's", async () => {
  for (let count = 0; count < 5; count++) await tellWorker();
  const first = (await worker.get("/api/messages?limit=4")).json;
  const second = (await worker.get(`/api/messages?limit=4&cursor=${first.next}`)).json;
  assert.deepEqual([first.items.length, second.items.length, second.next], [4, 2, null]);
  assert.equal(new Set([...first.items, ...second.items].map((one) => one.id)).size, 6);
  assert.equal((await worker.get("/api/messages?cursor=nonsense")).json.code, "bad-cursor");
  assert.deepEqual((await officer.get("/api/messages")).json.items, []);
  assert.equal((await officer.post(`/api/messages/${first.items[0].id}/read`)).status, 404);
  await worker.post("/api/messages/read-all");
  assert.equal((await worker.get("/api/messages?unread=true")).json.items.length, 0);
});

test("what rolls back was never told", async () => {
  const before = (await worker.get("/api/messages?limit=200")).json.items.length;
  await assert.rejects(
    app.db.system(async (tx) => {
      await tell(tx, {
        to: [{ person: workerId, district: tree.company.district }],
        template: "file.recheck",
        params: { fileNo: "1", validOn: "2026-09-01" },
        now: app.clock.now(),
      });
      throw new Error("the work failed");
    }),
  );
  assert.equal((await worker.get("/api/messages?limit=200")).json.items.length, before);
});

test("mail goes out where it was asked for, with the title and no more", async () => {
  assert.equal(
    (await worker.put("/api/me", { channels: ["app", "mail"], mail: "not an address" })).json.code,
    "bad-mail",
  );
  const me = await worker.put("/api/me", { channels: ["app", "mail"], mail: "wang@example.cn" });
  assert.equal(me.json.mail, "wang@example.cn");
  await tellWorker();
  await runner.drain();
  assert.equal(mails.length, 1);
  const [head = "", body = ""] = (mails[0] ?? "").split("\r\n\r\n");
  assert.match(head, /To: wang@example\.cn/);
  const text = Buffer.from(body, "base64").toString() + body;
  assert.match(text, /http:\/\/zhijia\.test\/w\/cases\/1/);
  assert.doesNotMatch(text, /3,744|1234|王虚构/);
  assert.deepEqual((await worker.get("/api/messages?limit=1")).json.items[0].deliveries, [
    { channel: "mail", state: "sent" },
  ]);
});

test("in quiet hours mail is held, and sent when they are over", async () => {
  await tellWorker(evening);
  const held = (await worker.get("/api/messages?limit=1")).json.items[0];
  assert.deepEqual(held.deliveries, [{ channel: "mail", state: "held" }]);
  const before = mails.length;
  await runner.drain();
  assert.equal(mails.length, before);
  await app.clock.advance(1);
  await runner.drain();
  assert.equal(mails.length, before + 1);
});

test("mail that fails is tried again, and in the end is seen to have failed, without the address", async () => {
  smtpRefuses = true;
  await tellWorker();
  const [{ id }] = (await worker.get("/api/messages?limit=1")).json.items;
  const row = await app.db.systemRead((tx) =>
    tx
      .selectFrom("delivery")
      .select(["id", "district"])
      .where("message_id", "=", id)
      .executeTakeFirstOrThrow(),
  );
  const deliver = (last: boolean) =>
    jobs["message.deliver"]?.(
      { district: row.district, delivery: row.id },
      { ...app.ctx, mail: mailer, job: { id: "1", attempt: 1, last, alive: () => {} } },
    );
  await assert.rejects(deliver(false) as Promise<unknown>, /smtp-452/);
  await assert.rejects(deliver(true) as Promise<unknown>, (error: Error) => !error.message.includes("wang"));
  smtpRefuses = false;
  assert.deepEqual((await worker.get("/api/messages?limit=1")).json.items[0].deliveries, [
    { channel: "mail", state: "failed" },
  ]);
  assert.equal((await worker.get("/api/deliveries/failed")).status, 403);
  const admin = await app.db.system(async (tx) => {
    const made = expect(
      await createPerson(
        tx,
        app.ctx.ring,
        { unit: tree.county, name: "管虚构", identity: null } as never,
        app.clock.today(),
      ),
    );
    await makePost(tx, tree.county, "admin", { person: made.id });
    return made;
  });
  const seen = (await (await app.as(admin.id, admin.district)).get("/api/deliveries/failed")).json.items;
  assert.deepEqual(
    seen.map((one: { error: string; tries: number }) => [one.error, one.tries]),
    [["smtp-452", 2]],
  );
  const before = mails.length;
  for (const time of ["let try again", "and once more"]) {
    await deliver(true);
    assert.equal(mails.length, before + 1, time);
  }
  assert.deepEqual((await worker.get("/api/messages?limit=1")).json.items[0].deliveries, [
    { channel: "mail", state: "sent" },
  ]);
});

test("a delivery whose job was lost is queued again after a day, once, and sent", async () => {
  await runner.drain();
  const { rows: lost } = await app.db.system(async (tx) => {
    const told = {
      to: [{ person: workerId, district: tree.company.district }],
      template: "case.paid" as const,
      params: { amountFen: 1n, on: "2026-03-02", cardTail: "1234", number: "N" },
      now: app.clock.now(),
    };
    await tell(tx, told);
    return sql<{ id: string }>`delete from graphile_worker._private_jobs
      where key = (select id::text from delivery where state = 'queued') returning key as id`.execute(tx);
  });
  await tellWorker(evening); // its job is there: it was told late
  assert.equal(lost.length, 1);
  const before = mails.length;
  const sweep = () => daily[0]!.run(app.clock.today(), app.ctx);
  const waiting = async () => (await app.db.systemRead(queueState)).waiting;
  await sweep();
  assert.equal(await waiting(), 1, "it is younger than a day");
  await app.clock.advance(2);
  for (const _ of ["queued again", "there already"]) await sweep();
  assert.equal(await waiting(), 2);
  await runner.drain();
  assert.equal(mails.length, before + 2);
  const { items } = (await worker.get("/api/messages?limit=2")).json;
  for (const { deliveries } of items) assert.deepEqual(deliveries, [{ channel: "mail", state: "sent" }]);
});

test("what was meant for a number that is forgotten goes to no other", async () => {
  const district = tree.company.district;
  const id = newId<"delivery">();
  await app.db.system(async (tx) => {
    const message = newId<"message">();
    const common = { district, person: workerId, at: app.clock.now() };
    const params = { unit: "虚构工会" };
    await insertMessages(tx, [
      { ...common, id: message, template: "member.renumbered", params, link: null, caseId: null },
    ]);
    await insertDeliveries(tx, [
      { ...common, id, message, channel: "sms", state: "queued", heldUntil: null },
    ]);
  });
  await app.clock.advance(2);
  await daily[0]!.run(app.clock.today(), app.ctx);
  await runner.drain();
  const row = await app.db.systemRead((tx) =>
    tx.selectFrom("delivery").select(["state", "error"]).where("id", "=", id).executeTakeFirst(),
  );
  assert.deepEqual(row, { state: "failed", error: "number-forgotten" });
});

/** Opens /api/events on a real socket and gives what arrives. */
async function stream(cookie: string) {
  const { port } = (app.server.server.address() as AddressInfo | null) ?? { port: await listenOnce() };
  const events: string[] = [];
  let wake: () => void = () => {};
  const open = request({ port, host: "127.0.0.1", path: "/api/events", headers: { cookie } });
  open.end();
  const status = await new Promise<number>((done) =>
    open.on("response", (answer) => {
      answer.setEncoding("utf8");
      answer.on("data", (text: string) => {
        events.push(...text.split("\n\n").filter((one) => one.startsWith("event:")));
        wake();
      });
      answer.on("close", () => {
        events.push("closed");
        wake();
      });
      done(answer.statusCode ?? 0);
    }),
  );
  return {
    status,
    events,
    close: () => open.destroy(),
    async until(found: (event: string) => boolean): Promise<string> {
      for (;;) {
        const hit = events.find(found);
        if (hit) return hit;
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    },
  };
}
async function listenOnce(): Promise<number> {
  await app.server.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.server.address() as AddressInfo).port;
}

test("a message arrives live at its person's face and at nobody else's", async () => {
  const mine = await stream(worker.cookie);
  const theirs = await stream(officer.cookie);
  await mine.until((event) => event.startsWith("event: open"));
  await tellWorker();
  const event = await mine.until((one) => one.startsWith("event: message"));
  assert.match(event, /"template":"case\.paid"/);
  assert.doesNotMatch(event, /374400|1234/);
  await app.db.system(async (tx) =>
    publish(tx, { event: "case", to: { path: tree.company.path }, data: { id: "c1" } }),
  );
  await theirs.until((one) => one.startsWith("event: case"));
  await app.db.system(async (tx) => publish(tx, { event: "day", to: "all", data: { today: "2026-03-03" } }));
  await mine.until((one) => one.startsWith("event: day"));
  assert.ok(!mine.events.some((one) => one.startsWith("event: case")));
  assert.ok(!theirs.events.some((one) => one.startsWith("event: message")));
  mine.close();
  theirs.close();
});

test("a stream whose session was ended hears nothing more", async () => {
  const caller = await app.as(workerId, tree.company.district, false);
  const open = await stream(caller.cookie);
  await open.until((event) => event.startsWith("event: open"));
  await caller.delete("/api/session");
  await tellWorker();
  await open.until((one) => one === "closed");
  assert.ok(!open.events.some((one) => one.startsWith("event: message")));
  assert.equal((await stream("zhijia=none")).status, 401);
});

test("one person opens as many streams as tabs and devices need, and leaves the others'", async () => {
  const caller = await app.as(workerId, tree.company.district, false);
  const opened = await Promise.all(Array.from({ length: 40 }, () => stream(caller.cookie)));
  const statuses = opened.map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)].sort(), [200, 429]);
  const theirs = await stream(officer.cookie);
  assert.equal(theirs.status, 200);
  for (const one of [...opened, theirs]) one.close();
  await Promise.all(opened.map((one) => one.status === 200 && one.until((event) => event === "closed")));
});

test("a line that could not be had is taken as soon as it can be", async () => {
  let tries = 0;
  const listen: typeof app.db.listen = async (...asked) => {
    if (++tries === 1) throw new Error("no line yet");
    return app.db.listen(...asked);
  };
  const hub = newHub({ listen, systemRead: app.db.systemRead }, app.ctx.log, 50);
  const heard = Promise.withResolvers<string>();
  hub.add({
    person: workerId,
    roots: () => [],
    heard: (event) => event === "import" && heard.resolve(event),
  });
  await hub.ready();
  const again = setInterval(() => {
    void app.db.system(async (tx) =>
      publish(tx, { event: "import", to: { people: [workerId] }, data: { id: "i2" } }),
    );
  }, 50);
  assert.equal(await heard.promise, "import");
  clearInterval(again);
  assert.equal(tries, 2);
  await hub.close();
});

test("another process on the same database hears the same events", async () => {
  const other = newHub(app.db, app.ctx.log);
  const heard = await new Promise<unknown>((done) => {
    other.add({
      person: workerId,
      roots: () => [],
      heard(event, data) {
        if ((data as { id?: string }).id !== "i2") done([event, data]); // some of before may still be on their way
      },
    });
    const again = setInterval(() => {
      void app.db.system(async (tx) =>
        publish(tx, { event: "import", to: { people: [workerId] }, data: { id: "i1" } }),
      );
    }, 50);
    setTimeout(() => clearInterval(again), 1000).unref();
  });
  assert.deepEqual(heard, ["import", { id: "i1" }]);
  await other.close();
});
