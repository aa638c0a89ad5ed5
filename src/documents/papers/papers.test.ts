import assert from "node:assert/strict";
import test, { before } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { type Caller, withServer } from "../../http/testing.ts";
import { addDays, day } from "../../kernel/day.ts";
import { type Id, newId } from "../../kernel/ids.ts";
import { expect, isRefusal } from "../../kernel/refusal.ts";
import { createPerson } from "../../people/store.ts";
import { makePost, makeTree } from "../../units/testing.ts";
import { daily } from "./jobs.ts";
import { attachPapers, papersOf } from "./papers.ts";

/** The engine's answer, as these tests want it. */
let seen: { allowed: boolean; purpose?: string } = { allowed: false };
const app = withServer({ parts: () => ({ maySeePaper: async () => seen }) });
let tree: Awaited<ReturnType<typeof makeTree>>;
let workerId: Id<"person">;
let officerId: Id<"person">;
let worker: Caller;
let officer: Caller;

before(async () => {
  await app.serving();
  await app.db.system(async (tx) => {
    tree = await makeTree(tx);
    const made = async (name: string, unit: typeof tree.company) =>
      expect(await createPerson(tx, app.ctx.ring, { unit, name, identity: null } as never, app.clock.today()))
        .id;
    workerId = await made("王虚构", tree.company);
    officerId = await made("李虚构", tree.county);
    await makePost(tx, tree.county, "aid", { person: officerId, name: "李虚构" });
  });
  worker = await app.as(workerId, tree.company.district, false);
  officer = await app.as(officerId, tree.county.district);
});

const segment = (kind: number, body: Buffer) => {
  const head = Buffer.from([0xff, kind, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};
/** A JPEG with a place in its EXIF, a comment, a turned picture, and a second picture behind the first. */
const exif = () => {
  const tiff = Buffer.from("4d4d002a00000008000101120003000000010006000000000000", "hex");
  return segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), tiff, Buffer.from("GPS 31.8206N 117.2272E")]));
};
const jpeg = () =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1")),
    exif(),
    segment(0xe1, Buffer.from("http://ns.adobe.com/xap/1.0/\0<xmp>made by 张三</xmp>")),
    segment(0xfe, Buffer.from("a comment: 家住虚构路1号")),
    segment(0xdb, Buffer.alloc(65, 1)),
    Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]),
    Buffer.from([1, 2, 3, 0xff, 0, 4, 5, 0xff, 0xd0, 6]),
    Buffer.from([0xff, 0xd9]),
    Buffer.from("a second picture follows"),
    Buffer.from([0xff, 0xd9]),
  ]);
const chunk = (type: string, body: Buffer) => {
  const typed = Buffer.concat([Buffer.from(type), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
};
const png = () =>
  Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.from("0000000100000001080200000000".slice(0, 26), "hex")),
    chunk("tEXt", Buffer.from("Author\0张三")),
    chunk("eXIf", Buffer.from("GPS")),
    chunk("IDAT", deflateSync(Buffer.alloc(4))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
const pdf = Buffer.from("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");
const upload = (
  content: Uint8Array,
  name = "住院结算单.jpg",
  fields: Record<string, string> = { kind: "hospital-bill" },
) => worker.upload("/api/papers", fields, { name, content, mediaType: "image/jpeg" });

test("a photo is kept without the place, the time and the words its camera wrote, and the right way up", async () => {
  const answer = await upload(jpeg());
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual(
    [answer.json.kind, answer.json.fileName, answer.json.mediaType],
    ["hospital-bill", "住院结算单.jpg", "image/jpeg"],
  );
  const back = await worker.get(`/api/papers/${answer.json.id}`);
  const text = back.bytes.toString("utf8");
  assert.doesNotMatch(text, /GPS|xmp|张三|虚构路|second picture/);
  const orientation = back.bytes.indexOf(Buffer.from("01120003000000010006", "hex"));
  assert.ok(orientation > 0, "which way is up stays");
  assert.equal(back.bytes.length, answer.json.bytes);
});

test("a PNG loses its words too", async () => {
  const answer = await upload(png(), "a.png");
  const back = await worker.get(`/api/papers/${answer.json.id}`);
  assert.doesNotMatch(back.bytes.toString("utf8"), /张三|eXIf|tEXt/);
  assert.ok(back.bytes.includes("IDAT"));
});

test("a paper comes back in place, under its name, where nothing in it may run", async () => {
  const { id } = (await upload(jpeg())).json;
  const back = await worker.get(`/api/papers/${id}`);
  assert.equal(back.headers["content-type"], "image/jpeg");
  assert.match(String(back.headers["content-disposition"]), /^inline; filename="/);
  assert.equal(back.headers["x-content-type-options"], "nosniff");
  assert.match(String(back.headers["content-security-policy"]), /default-src 'none'.*sandbox/);
  const document = (await upload(pdf, "诊断证明.pdf")).json;
  const shown = await worker.get(`/api/papers/${document.id}`);
  assert.equal(shown.headers["content-type"], "application/pdf");
  assert.ok(shown.bytes.equals(pdf));
});

test("what a file is its bytes say: others are refused with a reason", async () => {
  const refused: readonly (readonly [Buffer, string])[] = [
    [Buffer.alloc(0), "paper-empty"],
    [Buffer.from("<html><script>alert(1)</script>"), "paper-type"],
    [Buffer.from("MZ\x90\0program"), "paper-type"],
    [Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "paper-type"],
    [Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "latin1"), "paper-legacy"],
    [Buffer.from("\0\0\0\x18ftypheic\0\0\0\0", "latin1"), "paper-heic"],
    [Buffer.from("%PDF-1.7 cut off"), "paper-damaged"],
    [Buffer.from("PK\x03\x04 cut off", "latin1"), "paper-damaged"],
    [jpeg().subarray(0, 40), "paper-damaged"],
    [png().subarray(0, 50), "paper-damaged"],
  ];
  for (const [content, code] of refused) {
    const answer = await upload(content);
    assert.equal(answer.json.code, code, content.subarray(0, 12).toString("latin1"));
    assert.equal(answer.json.errors[0].pointer, "/file");
  }
  assert.equal((await worker.upload("/api/papers", { kind: "x" })).json.code, "paper-no-file");
  assert.equal((await worker.post("/api/papers", { kind: "x" })).status, 415);
});

test("a file of 20 MB is taken, one byte more is not", async () => {
  const large = Buffer.concat([
    pdf.subarray(0, 9),
    Buffer.alloc(20 * 1024 * 1024 - pdf.length),
    pdf.subarray(9),
  ]);
  const answer = await upload(large, "大.pdf");
  assert.equal(answer.status, 201, answer.text);
  const back = await worker.get(`/api/papers/${answer.json.id}`);
  assert.ok(back.bytes.equals(large));
  const over = await upload(Buffer.concat([large, Buffer.from("\n")]));
  assert.deepEqual([over.status, over.json.code], [413, "too-large"]);
});

test("hostile names are made harmless", async () => {
  const names: readonly (readonly [string, string])[] = [
    ["../../etc/passwd", "passwd.jpg"],
    ["C:\\\\temp\\\\扫描.JPEG", "扫描.jpg"],
    ["a\u202Egpj.exe", "agpj.exe.jpg"],
    ["....", "file.jpg"],
    ["买买提·吐尔逊.jpg", "买买提·吐尔逊.jpg"],
    ["长".repeat(300), `${"长".repeat(80)}.jpg`],
  ];
  for (const [given, kept] of names) assert.equal((await upload(jpeg(), given)).json.fileName, kept);
});

test("what lies in the database is sealed", async () => {
  const { id } = (await upload(pdf, "秘密的名字.pdf")).json;
  const rows = await app.owner.read({ roots: ["cn"], person: null, key: "t" }, (tx) =>
    tx
      .selectFrom("paper")
      .innerJoin("paper_chunk", (on) =>
        on
          .onRef("paper_chunk.district", "=", "paper.district")
          .onRef("paper_chunk.paper_id", "=", "paper.id"),
      )
      .select(["sealed", "file_name_sealed"])
      .where("paper.id", "=", id)
      .execute(),
  );
  assert.equal(rows.length, 1);
  assert.ok(!rows[0]?.sealed.includes("%PDF") && !rows[0]?.file_name_sealed.includes("秘密"));
});

test("the same id with the same content again is harmless, with other content refused", async () => {
  const id = newId<"paper">();
  assert.equal((await upload(jpeg(), "a.jpg", { kind: "bill", id })).status, 201);
  assert.equal((await upload(jpeg(), "a.jpg", { kind: "bill", id })).status, 201);
  assert.equal((await upload(png(), "a.jpg", { kind: "bill", id })).json.code, "same-id-other-content");
});

test("until it is used a paper is its uploader's alone, who may delete it", async () => {
  const { id } = (await upload(jpeg())).json;
  assert.equal((await officer.get(`/api/papers/${id}`)).status, 404);
  assert.equal((await officer.delete(`/api/papers/${id}`)).status, 404);
  assert.equal((await worker.delete(`/api/papers/${id}`)).status, 204);
  assert.equal((await worker.get(`/api/papers/${id}`)).status, 404);
});

test("on a case a paper is opened by whom the case allows, and its person can read who did", async () => {
  const { id } = (await upload(jpeg())).json;
  const caseId = newId<"case">();
  const to = { district: tree.company.district, caseId, path: tree.company.path, owner: workerId };
  const stolen = await app.db.system((tx) =>
    attachPapers(tx, app.ctx.ring, [id], { ...to, byPerson: officerId, at: "/answers/papers" }),
  );
  assert.ok(isRefusal(stolen) && stolen.code === "paper-unknown" && stolen.at === "/answers/papers/0");
  const attach = () =>
    app.db.system((tx) => attachPapers(tx, app.ctx.ring, [id], { ...to, byPerson: workerId }));
  expect(await attach());
  expect(await attach());
  seen = { allowed: false };
  assert.equal((await officer.get(`/api/papers/${id}`)).status, 404);
  seen = { allowed: true, purpose: "入户核查" };
  assert.equal((await officer.get(`/api/papers/${id}`)).status, 200);
  assert.equal((await worker.get(`/api/papers/${id}`)).status, 200);
  assert.equal((await worker.delete(`/api/papers/${id}`)).status, 409);
  const looks = await app.db.systemRead((tx) =>
    tx.selectFrom("look").selectAll().where("person_id", "=", workerId).execute(),
  );
  assert.deepEqual(
    looks.map((one) => [one.by_name, one.what, one.purpose, one.case_id]),
    [["李虚构", "paper", "入户核查", caseId]],
  );
  const lines = await app.db.systemRead((tx) => papersOf(tx, app.ctx.ring, to.district, caseId, true));
  assert.deepEqual(
    lines.map((one) => one.id),
    [id],
  );
});

test("a paper uploaded in another district moves to its case's, under that key", async () => {
  const made = await officer.upload(
    "/api/papers",
    { kind: "visit-photo" },
    { name: "入户.jpg", content: jpeg() },
  );
  const caseId = newId<"case">();
  const to = { district: "990102", caseId, path: "cn.99.9901.990102", owner: workerId, byPerson: officerId };
  expect(await app.db.system((tx) => attachPapers(tx, app.ctx.ring, [made.json.id], to)));
  seen = { allowed: true };
  const back = await officer.get(`/api/papers/${made.json.id}`);
  assert.equal(back.bytes.length, made.json.bytes);
  const rows = await app.db.systemRead((tx) =>
    tx.selectFrom("paper").select("district").where("id", "=", made.json.id).execute(),
  );
  assert.deepEqual(rows, [{ district: "990102" }]);
});

test("papers nobody used go after seven days", async () => {
  const { id } = (await upload(jpeg())).json;
  await daily[0]?.run(addDays(app.clock.today(), 6), app.ctx);
  assert.equal((await worker.get(`/api/papers/${id}`)).status, 200);
  await daily[0]?.run(addDays(day(app.clock.today()), 8), app.ctx);
  assert.equal((await worker.get(`/api/papers/${id}`)).status, 404);
});
