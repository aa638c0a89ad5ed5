import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseConfig } from "../../src/config.ts";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { type Running, serve } from "../../src/main.ts";
import { zhijia as command } from "../command.ts";

/** A roster tried, loaded, exported and loaded again by command, beside the running program. */

const data = mkdtempSync(join(tmpdir(), "zhijia-roster-"));
let running: Running;
before(async () => {
  running = await serve(
    parseConfig({
      ZHIJIA_DATA: data,
      PORT: "0",
      HOST: "127.0.0.1",
      ZHIJIA_LOG: "silent",
      ZHIJIA_FACES: "off",
    }),
  );
});
after(async () => {
  await running?.stop();
  rmSync(data, { recursive: true, force: true });
});

async function zhijia(...args: readonly string[]): Promise<string> {
  const { code, said } = await command(args, { ZHIJIA_DATA: data });
  assert.equal(code, 0, said);
  return said;
}

test("a dry run says that nothing was written, what would be refused first, and which columns it does not read", async () => {
  const union = ["--unit", "990101-00005"];
  const file = join(data, "名册.csv");
  const id = (n: number): string => fictitiousIdentity("990101", day("1990-01-02"), 901 + 2 * n);
  writeFileSync(
    file,
    `某公司花名册,,,\r\n员工,证号,入会时间,尺码\r\n令例一,${id(0)},2020.5,L\r\n令例二,123,2020-05-01,M\r\n`,
  );
  const tried = await zhijia("import", "roster", file, ...union, "--dry-run");
  assert.match(tried, /没有写入任何内容/);
  assert.match(tried, /没有读的列：尺码/);
  assert.match(tried, /共 2 人：导入 1，.*有误 1/);
  assert.ok(tried.indexOf("不能导入：CSV 第 4 行") < tried.indexOf("可以导入，请核对：CSV 第 3 行"), tried);
  const loaded = await zhijia("import", "roster", file, ...union);
  assert.doesNotMatch(loaded, /没有写入任何内容/);
  assert.match(loaded, /其中 1 人待本人确认/);

  const whole = join(data, "完整.xlsx");
  await zhijia("export", "roster", ...union, whole, "--purpose", "核对名册");
  assert.match(await zhijia("import", "roster", whole, ...union, "--dry-run"), /导入 0，更新 0，无变化 18\d/);
  const masked = join(data, "打码.xlsx");
  await zhijia("export", "roster", ...union, masked);
  assert.match(await zhijia("import", "roster", masked, ...union, "--dry-run"), /号码打了码，不能导入/);
});
