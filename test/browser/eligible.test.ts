import assert from "node:assert/strict";
import test from "node:test";
import { axe, settled } from "./browser.ts";
import { deskOf, open } from "./office-steps.ts";
import { withProgram } from "./program.ts";

/** An officer sees who qualifies for living aid without applying, tries another line, and reads why. */

const program = withProgram();

test("whom living aid fits is counted, tried with another line, explained, split by union and listed", async () => {
  const { page, context, trouble } = await deskOf(program, "aid.county");
  await open(page, "/o/eligible");
  const answer = await (await page.request.get("/api/eligibility/living-aid")).json();
  assert.ok(answer.households > 0);
  const sums = page.getByRole("region", { name: answer.unit.name });
  await sums.getByRole("row", { name: `符合条件的家庭 ${answer.households}` }).waitFor();
  const why = page.getByRole("region", { name: "怎样算符合条件" });
  assert.equal(await why.getByRole("listitem").count(), answer.rule.length);
  await why.getByText("《中央财政专项帮扶资金使用管理办法》（总工发〔2015〕20号）").first().waitFor();

  const list = page.getByRole("region", { name: "符合条件的家庭" }).getByRole("row");
  await list.nth(answer.households).waitFor();
  const below = page.getByRole("region", { name: "下一级各工会" });
  const numbers = await below.locator("tbody td:nth-child(2)").allInnerTexts();
  assert.equal(
    numbers.reduce((sum, text) => sum + Number(text.replace(/\D/g, "")), 0),
    answer.households,
  );
  assert.deepEqual(await axe(page), []);

  await page.getByLabel(/^换一个低保标准试算/).fill("2000");
  await sums.getByRole("columnheader", { name: "试算" }).waitFor();
  await sums.getByRole("row", { name: /低保标准 .*¥2,000.00/ }).waitFor();
  assert.match(page.url(), /line=200000/);
  await page.reload();
  await settled(page);
  await sums.getByRole("row", { name: /每户本年上限 .*¥24,000.00/ }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "按现行标准" }).click();
  await sums.getByRole("columnheader", { name: "试算" }).waitFor({ state: "detached" });

  const sheet = await page.request.get("/api/eligibility/living-aid/households?as=xlsx");
  assert.equal((await sheet.body()).subarray(0, 2).toString(), "PK");
  await page.setViewportSize({ width: 390, height: 844 });
  await settled(page);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(trouble, []);
  await context.close();
});
