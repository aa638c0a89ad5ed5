import assert from "node:assert/strict";
import test from "node:test";
import { axe, settled, troubles, visitor } from "./browser.ts";
import { deskOf, open, take } from "./office-steps.ts";
import { withProgram } from "./program.ts";
import { applicant, signInWorker } from "./worker-steps.ts";

/** One union asks for a member's transfer and releases, the other accepts at its desk, and the member sees the new union. */

const program = withProgram();
const who = applicant("wu");

test("a transfer is asked for, released at one desk, accepted at the other, and seen by the member", async () => {
  const [from, to] = [await deskOf(program, "chair.grassroots"), await deskOf(program, "chair.machine")];
  const me = await (await to.page.request.get("/api/me")).json();
  const { unit } = me.posts[0];
  const { page } = from;
  await open(page, "/o/members");
  await page.getByRole("searchbox", { name: /姓名、拼音/ }).fill(who.name);
  await page.getByRole("link", { name: who.name }).click();
  await page.getByRole("button", { name: "申请接转" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("转到哪个工会").fill(unit.name.slice(0, 6));
  await drawer.getByText(unit.name).first().click();
  await drawer.getByRole("radio", { name: "调动" }).check();
  await drawer.getByLabel(/本人怎样同意的/).fill("3 月 1 日当面同意");
  assert.deepEqual(await axe(page), []);
  await drawer.getByRole("button", { name: "确定申请接转" }).click();
  await drawer.waitFor({ state: "detached" });
  await open(page, "/o/transfers");
  await page.getByRole("link", { name: /会籍接转\s*1/ }).waitFor();
  const row = page.getByRole("row", { name: new RegExp(who.name) });
  await row.getByText("等我办").waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("article", { name: who.name }).waitFor();
  const accept = page.getByRole("button", { name: "接收", exact: true });
  assert.equal(await accept.getAttribute("aria-disabled"), "true");
  assert.deepEqual(await axe(page), []);
  await take(page, "转出");
  await page.getByText("待新工会接收", { exact: true }).waitFor();

  await open(to.page, "/o/inbox");
  await to.page.getByRole("link", { name: new RegExp(who.name) }).click();
  await to.page.getByRole("article", { name: who.name }).waitFor();
  await settled(to.page);
  assert.deepEqual(await axe(to.page), []);
  await take(to.page, "接收");
  await to.page.getByText("已接收", { exact: true }).waitFor();
  await to.page.getByRole("link", { name: "打开会员档案" }).click();
  await to.page.getByRole("heading", { level: 1, name: who.name }).waitFor();

  const context = await visitor(program.browser, program.url, { size: "phone" });
  const phone = await context.newPage();
  const trouble = troubles(phone);
  await signInWorker(phone, who);
  await phone.goto("/w/mine");
  await phone.getByText(unit.name).first().waitFor();
  assert.deepEqual([...from.trouble, ...to.trouble, ...trouble], []);
  for (const one of [from.context, to.context, context]) await one.close();
});
