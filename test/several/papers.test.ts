import assert from "node:assert/strict";
import test from "node:test";
import { withBucket } from "../../src/documents/papers/bucket.ts";
import { zhijia as command } from "../command.ts";
import { several, urlOf } from "./processes.ts";

/** The command line moves an installation's papers to other storage and back, and finds one that is wrong. */

const bucket = await withBucket();
const s = several({ lives: true });
const { settings } = bucket;
const storage = {
  S3_ENDPOINT: settings.endpoint,
  S3_BUCKET: settings.bucket,
  S3_REGION: settings.region,
  S3_ACCESS_KEY_ID: settings.accessKeyId,
  S3_SECRET_ACCESS_KEY: settings.secretAccessKey,
};

async function zhijia(args: readonly string[], env: Readonly<Record<string, string>>) {
  await s.founded();
  return command(args, { ...s.settings, DATABASE_URL: urlOf(s.database.connection), ...env });
}

test("papers go to other storage by command, are checked there, and come back", async () => {
  const s3 = { ...storage, ZHIJIA_PAPERS: "s3" };
  const moved = await zhijia(["papers", "move"], s3);
  const many = Number(/Moved (\d+) papers to the S3 storage/.exec(moved.said)?.[1]);
  assert.ok(many > 10 && moved.code === 0, moved.said);
  assert.ok(bucket.objects.size >= many);
  assert.match((await zhijia(["papers"], s3)).said, new RegExp(`S3 storage: ${many} papers`));
  const good = await zhijia(["papers", "check"], s3);
  assert.ok(good.code === 0 && /Checked \d+ papers; 0 are wrong/.test(good.said), good.said);

  const [key, content] = [...bucket.objects][0]!;
  bucket.objects.delete(key);
  const bad = await zhijia(["papers", "check"], s3);
  assert.equal(bad.code, 1, bad.said);
  assert.ok(bad.said.includes(key.split("/").at(-2)!), "it names the paper");
  bucket.objects.set(key, content);

  const back = await zhijia(["papers", "move"], storage);
  assert.ok(back.said.includes(`Moved ${many} papers to the database`), back.said);
  assert.equal(bucket.objects.size, 0);
  const whole = await zhijia(["papers", "check"], {});
  assert.ok(whole.code === 0, whole.said);
});

test("settings that are not whole are refused by name before anything is touched", async () => {
  const refused = await zhijia(["papers"], { ZHIJIA_PAPERS: "s3", S3_BUCKET: "papers" });
  assert.equal(refused.code, 2);
  assert.match(refused.said, /S3_ENDPOINT: .*needed with ZHIJIA_PAPERS=s3/);
});
