import assert from "node:assert/strict";
import test from "node:test";
import { axe, settled, troubles, visitor } from "./browser.ts";
import { deskOf, open } from "./office-steps.ts";
import { withProgram } from "./program.ts";
import { applicant, signInWorker } from "./worker-steps.ts";

/** An officer opens a round at the desk; a worker claims with one tap, and gives the place back. */

const program = withProgram();

test("a round is opened, claimed, seen to fill, given back and ended", async () => {
  const desk = await deskOf(program, "aid.county");
  await open(desk.page, "/o/rounds");
  await desk.page.getByRole("button", { name: "开放场次" }).click();
  const dialog = desk.page.getByRole("dialog");
  await dialog.getByLabel("名称").fill("夏送清凉第一场");
  await dialog.getByLabel(/^开始时间/).fill("00:00");
  await dialog.getByLabel("结束日期").fill("2099-12-31");
  await dialog.getByLabel("名额", { exact: true }).fill("2");
  await dialog.getByLabel("每份价值").fill("50");
  await dialog.getByLabel(/^预算/).fill("100");
  await dialog.getByRole("button", { name: /开放场次/ }).click();
  await dialog.waitFor({ state: "detached" });
  const row = desk.page.getByRole("row", { name: /夏送清凉第一场/ });
  await row.getByText("0 / 2").waitFor();
  assert.deepEqual(await axe(desk.page), []);

  const context = await visitor(program.browser, program.url, { size: "phone" });
  const page = await context.newPage();
  const trouble = troubles(page);
  await signInWorker(page, applicant("li"));
  await page.goto("/w/services/cool-gift");
  await page.getByRole("link", { name: "看看有没有场次" }).click();
  const card = page.getByRole("region", { name: "夏送清凉第一场" });
  await card.getByText("还剩 2 个名额，共 2 个").waitFor();
  assert.deepEqual(await axe(page), []);
  await card.getByRole("button", { name: "马上领取" }).click();
  await card.getByText("已领到名额，序号 1").waitFor();
  await row.getByText("1 / 2").waitFor();
  await card.getByRole("link", { name: "查看办理进度" }).waitFor();
  assert.deepEqual(await axe(page), []);
  await card.getByRole("button", { name: "退回名额" }).click();
  await card.getByRole("button", { name: "确认退回" }).click();
  await card.getByText("还剩 2 个名额，共 2 个").waitFor();

  await desk.page.getByRole("button", { name: "结束场次「夏送清凉第一场」" }).click();
  await dialog.getByRole("button", { name: /结束场次/ }).click();
  await row.getByText("已结束").waitFor();
  await page.reload();
  await settled(page);
  await card.getByText("已结束").waitFor();
  assert.equal(await card.getByRole("button").count(), 0);
  assert.deepEqual([...trouble, ...desk.trouble], []);
  await context.close();
  await desk.context.close();
});
