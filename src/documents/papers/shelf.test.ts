import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test, { before } from "node:test";
import type { Caller } from "../../http/testing.ts";
import { withServer } from "../../http/testing.ts";
import { type Id, newId } from "../../kernel/ids.ts";
import { expect } from "../../kernel/refusal.ts";
import { createPerson } from "../../people/store.ts";
import { makeTree } from "../../units/testing.ts";
import { withBucket } from "./bucket.ts";
import { frequent } from "./jobs.ts";
import { attachPapers, copyPapers } from "./papers.ts";
import { movePieces } from "./pieces.ts";
import { newShelf, type Shelf } from "./shelf.ts";
import { findPaper } from "./store.ts";

/** Papers in S3-compatible storage: they get there by themselves, come back whole, and its silence loses nothing. */

const bucket = await withBucket();
const calls: string[] = [];
const shelf = newShelf(bucket.settings, (operation, outcome) => calls.push(`${operation} ${outcome}`));
const app = withServer({
  parts: () => ({ shelf, shelves: true, maySeePaper: async () => ({ allowed: true }) }),
});
let worker: Caller;
let me: Id<"person">;
let tree: Awaited<ReturnType<typeof makeTree>>;

before(async () => {
  await app.serving();
  me = await app.db.system(async (tx) => {
    tree = await makeTree(tx);
    const draft = { unit: tree.company, name: "王虚构", identity: null } as never;
    return expect(await createPerson(tx, app.ctx.ring, draft, app.clock.today())).id;
  });
  worker = await app.as(me, tree.company.district, false);
});

/** A paper of three pieces. */
const pdf = Buffer.concat([
  Buffer.from("%PDF-1.7\n1 0 obj<<>>endobj\n"),
  randomBytes(2_500_000),
  Buffer.from("\ntrailer<<>>\n%%EOF\n"),
]);

async function uploaded(): Promise<Id<"paper">> {
  const answer = await worker.upload(
    "/api/papers",
    { kind: "bill" },
    { name: "账单.pdf", content: pdf, mediaType: "application/pdf" },
  );
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}
async function hung(): Promise<Id<"paper">> {
  const id = await uploaded();
  const { district, path } = tree.company;
  const to = { district, path, caseId: newId<"case">(), owner: me, byPerson: me };
  expect(await app.db.system((tx) => attachPapers(tx, app.ctx.ring, [id], to)));
  return id;
}
const shelve = () => frequent[0]!.run(app.ctx);
const rowOf = (id: Id<"paper">) => app.db.systemRead((tx) => findPaper(tx, id));
const chunksOf = (id: Id<"paper">) =>
  app.db.systemRead((tx) =>
    tx.selectFrom("paper_chunk").select("number").where("paper_id", "=", id).orderBy("number").execute(),
  );
const objectsOf = (id: string) => [...bucket.objects.keys()].filter((key) => key.includes(id)).sort();

test("a paper on a case is moved piece by piece, sealed, under its district; one nobody used stays", async () => {
  const [used, loose] = [await hung(), await uploaded()];
  await shelve();
  const { district } = tree.company;
  assert.deepEqual(
    objectsOf(used),
    [0, 1, 2].map((number) => `papers/${district}/${used}/${number}`),
  );
  assert.deepEqual(await chunksOf(used), []);
  assert.equal((await rowOf(used))?.shelf, "s3");
  for (const key of objectsOf(used)) {
    const sealed = bucket.objects.get(key)!;
    assert.ok(!sealed.includes("%PDF") && !sealed.includes(pdf.subarray(1_100_000, 1_100_064)));
  }
  assert.deepEqual(objectsOf(loose), []);
  assert.equal((await chunksOf(loose)).length, 3);
  for (const id of [used, loose]) assert.ok((await worker.get(`/api/papers/${id}`)).bytes.equals(pdf));
  const before = calls.length;
  await shelve();
  assert.equal(calls.length, before, "nothing waits, nothing is asked");
});

test("while the storage is silent papers are taken and those here are opened; the others say so and come back", async () => {
  const there = await hung();
  await shelve();
  bucket.failing = 500;
  const here = await hung();
  await shelve();
  assert.equal((await chunksOf(here)).length, 3);
  assert.ok((await worker.get(`/api/papers/${here}`)).bytes.equals(pdf));
  const away = await worker.get(`/api/papers/${there}`);
  assert.deepEqual([away.status, away.json.code, away.headers["retry-after"]], [503, "paper-away", "5"]);
  bucket.failing = null;
  await shelve();
  assert.deepEqual(await chunksOf(here), []);
  for (const id of [here, there]) assert.ok((await worker.get(`/api/papers/${id}`)).bytes.equals(pdf));
});

test("a piece that was changed there is not shown", async () => {
  const id = await hung();
  await shelve();
  const [first = ""] = objectsOf(id);
  bucket.objects.get(first)![40]! ^= 1;
  assert.equal((await worker.get(`/api/papers/${id}`)).status, 500);
});

test("two that move at once do it once; what broke off half-way is done again", async () => {
  const id = await hung();
  const paper = (await rowOf(id))!;
  await shelf.put({ district: paper.district, paper: id, number: 0 }, Buffer.from("half a piece"));
  const both = await Promise.all([
    movePieces(app.db, shelf, paper, "s3"),
    movePieces(app.db, shelf, paper, "s3"),
  ]);
  assert.deepEqual(both.sort(), [false, true]);
  assert.ok((await worker.get(`/api/papers/${id}`)).bytes.equals(pdf));
});

test("moved back, a paper lies in the database and no object of it remains", async () => {
  const id = await hung();
  await shelve();
  assert.ok(await movePieces(app.db, shelf, (await rowOf(id))!, "database"));
  assert.deepEqual(objectsOf(id), []);
  assert.equal((await chunksOf(id)).length, 3);
  assert.ok((await worker.get(`/api/papers/${id}`)).bytes.equals(pdf));
});

/** A storage that pauses at the first call of a kind: `reached` resolves there, `go` lets it on. */
function pausing(operation: "put" | "drop") {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow: Shelf = {
    ...shelf,
    async [operation](...args: Parameters<Shelf["put"]>) {
      reached.resolve();
      await gate.promise;
      await shelf[operation](...args);
    },
  };
  return { slow, reached: reached.promise, go: gate.resolve };
}

test("a worker that moves a paper away while another drops what it moved back takes none of it", async () => {
  const id = await hung();
  await shelve();
  const { slow, reached, go } = pausing("drop");
  const back = movePieces(app.db, slow, (await rowOf(id))!, "database");
  await reached;
  assert.equal(await movePieces(app.db, shelf, (await rowOf(id))!, "s3"), false, "it is held");
  go();
  assert.equal(await back, true);
  assert.deepEqual(objectsOf(id), []);
  assert.ok((await worker.get(`/api/papers/${id}`)).bytes.equals(pdf));
  assert.ok(await movePieces(app.db, shelf, (await rowOf(id))!, "s3"));
  assert.ok((await worker.get(`/api/papers/${id}`)).bytes.equals(pdf));
});

test("what was moved away again before it was dropped is dropped no more", async () => {
  const id = await hung();
  await shelve();
  const there = (await rowOf(id))!;
  const { slow, reached, go } = pausing("put");
  // Moved back, and before its objects are dropped a worker holds it and puts them anew.
  let again: Promise<boolean> | undefined;
  const racing: typeof app.db = {
    ...app.db,
    async system(work, options) {
      if (again !== undefined) setTimeout(go, 100);
      const result = await app.db.system(work, options);
      again ??= movePieces(app.db, slow, { ...there, shelf: "database" }, "s3");
      await reached;
      return result;
    },
  };
  assert.equal(await movePieces(racing, shelf, there, "database"), true);
  assert.equal(await again, true);
  assert.equal((await rowOf(id))?.shelf, "s3");
  assert.equal(objectsOf(id).length, 3);
  assert.ok((await worker.get(`/api/papers/${id}`)).bytes.equals(pdf));
});

test("a copy under another district is made of what lies there", async () => {
  const id = await hung();
  await shelve();
  const place = { district: "990102", path: "cn.99.9901.990102", owner: me, now: app.clock.now() };
  const [copy] = await app.db.system((tx) => copyPapers(tx, { ring: app.ctx.ring, shelf }, [id], place));
  assert.equal((await rowOf(copy!))?.shelf, "database");
  assert.ok((await worker.get(`/api/papers/${copy}`)).bytes.equals(pdf));
});
