import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import type { Page } from "playwright-core";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { axe } from "./browser.ts";
import { deskOf, open } from "./office-steps.ts";
import { withProgram } from "./program.ts";

/** A roster as a union keeps it goes in through the desk: columns checked, tried, loaded, and given back corrected. */

const program = withProgram();

const people = [
  ["例新甲", fictitiousIdentity("990101", day("1988-03-04"), 611), "13911110001"],
  ["例新乙", fictitiousIdentity("990101", day("1990-07-15"), 612), "13911110002"],
  ["例新丙", "990101199001011234", "13911110003"],
];
const sheet = [
  "云溪县某公司会员花名册,,,,",
  "序号,职工姓名,公民身份号码,联系方式,备注",
  ...people.map((row, index) => `${index + 1},${row.join(",")},`),
].join("\r\n");

/** Drags files over the page and lets them go at its head. */
async function letGo(page: Page, names: readonly string[]): Promise<void> {
  const files = await page.evaluateHandle(
    ([text, ...given]) => {
      const held = new DataTransfer();
      for (const name of given) held.items.add(new File([text ?? ""], name, { type: "text/csv" }));
      return held;
    },
    [sheet, ...names],
  );
  for (const event of ["dragover", "drop"])
    await page.locator("h1").first().dispatchEvent(event, { dataTransfer: files });
}

test("a messy roster is mapped, tried, loaded, and comes back with reasons", async () => {
  const { page, context, trouble } = await deskOf(program, "chair.grassroots");
  await open(page, "/o/members");
  await page.getByRole("link", { name: "导入名册" }).click();
  await page.getByText("把表格拖到这里").waitFor();
  await letGo(page, ["花名册.csv", "另一份.csv"]);
  await page.getByText("一次导入一个文件").waitFor();
  // Beside the zone too: the browser would open the sheet instead.
  await letGo(page, ["花名册.csv"]);
  await page.getByRole("heading", { name: "每一列是什么" }).waitFor();
  assert.equal(await page.getByLabel("公民身份号码列当作").inputValue(), "idNumber");
  assert.equal(await page.getByLabel("职工姓名列当作").inputValue(), "name");
  assert.equal((await page.content()).includes(String(people[0]?.[1])), false, "samples are masked");
  assert.deepEqual(await axe(page), []);
  assert.equal(await page.getByLabel("序号列当作").inputValue(), "", "a title above is no head");
  // What was not known is put right by hand.
  await page.getByLabel("备注列当作").selectOption({ label: "部门" });
  await page.getByRole("button", { name: /先试一遍/ }).click();
  await page.getByText("还没有写入任何内容").waitFor();
  await page.getByText("导入后先列为「待本人确认」").waitFor();
  await page.getByRole("cell", { name: "不能导入" }).waitFor();
  await page.getByRole("button", { name: "导入", exact: true }).click();
  await page.getByText("导入完成").waitFor();
  const tally = page.locator(".tally");
  assert.match((await tally.textContent()) ?? "", /2\s*新增/);
  assert.match((await tally.textContent()) ?? "", /1\s*未导入/);
  await page
    .getByRole("table")
    .getByText(/身份证|证件/)
    .first()
    .waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /下载批注好的原表/ }).click(),
  ]);
  assert.equal(
    readFileSync(await file.path())
      .subarray(0, 2)
      .toString(),
    "PK",
  );
  await page.getByRole("cell", { name: "未导入" }).waitFor();
  const address = page.url();
  await page.getByRole("link", { name: "看待确认的人" }).click();
  await page.getByRole("link", { name: "例新乙" }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "看名册" }).click();
  await page.getByRole("searchbox", { name: /姓名、拼音/ }).fill("例新甲");
  await page.getByRole("link", { name: "例新甲" }).waitFor();
  // A number is found however it is typed, and stands in no address.
  const typed = String(people[1]?.[1]).replace(/[0-9]/g, (one) =>
    String.fromCharCode(one.charCodeAt(0) + 0xfee0),
  );
  await page.getByRole("searchbox", { name: /姓名、拼音/ }).fill(typed);
  await page.getByRole("link", { name: "例新乙" }).waitFor();
  assert.equal(new URL(page.url()).search.includes("q="), false, page.url());
  // The wrong sheet after all: taken back as a whole.
  await open(page, address);
  await page.getByRole("button", { name: "撤回待确认的 2 人", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "撤回待确认的 2 人" });
  await dialog.getByText("还没有答复的 2 人将全部撤回").waitFor();
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole("button", { name: "确定撤回待确认的 2 人" }).click();
  await dialog.getByRole("alert").first().waitFor();
  await dialog.getByLabel("撤回的原因").fill("名册拿错了");
  await dialog.getByRole("button", { name: "确定撤回待确认的 2 人" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("已撤回 2 人。").waitFor();
  await page.getByRole("button", { name: /^撤回待确认的/ }).waitFor({ state: "detached" });
  assert.equal(await page.getByText("待本人确认").count(), 0);
  assert.deepEqual(trouble, []);
  await context.close();
});
