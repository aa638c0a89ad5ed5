import assert from "node:assert/strict";
import test from "node:test";
import { deskOf, open, take } from "./office-steps.ts";
import { withProgram } from "./program.ts";

/** From decided aid to a funded batch: four people stand between a list and the money. */

const program = withProgram();
const pictures = process.env.ZHIJIA_PICTURES;

test("aid that waits for a batch is one line of the inbox of whoever makes batches, and leads to the list", async () => {
  const finance = await deskOf(program, "finance.county");
  const { items } = (await (await finance.page.request.get("/api/inbox")).json()) as {
    items: readonly { kind: string; purpose: string; grants: number; totalFen: number; since: string }[];
  };
  const lines = items.filter((one) => one.kind === "grants");
  const list = await finance.page.request.get("/api/grants?state=decided&kind=living&limit=100");
  const { items: grants } = (await list.json()) as {
    items: readonly { amountFen: number; decidedOn: string }[];
  };
  assert.ok(grants.length > 0);
  assert.deepEqual(
    lines.map((one) => [one.purpose, one.grants, one.totalFen, one.since]),
    [["living", grants.length, grants.reduce((sum, one) => sum + one.amountFen, 0), grants[0]?.decidedOn]],
  );
  await open(finance.page, "/o/inbox");
  const inbox = finance.page.getByRole("region", { name: "等您办的" });
  for (const width of [390, 1440]) {
    await finance.page.setViewportSize({ width, height: 844 });
    await inbox.getByRole("link", { name: /笔待编批次/ }).waitFor();
    if (pictures) await finance.page.screenshot({ path: `${pictures}/grants-waiting-${width}.png` });
  }
  await inbox.getByRole("link", { name: /笔待编批次/ }).click();
  await finance.page.getByLabel("选上 孙拟梅").waitFor();
  assert.match(finance.page.url(), /\/o\/money\/grants\?.*kind=living/);
  assert.deepEqual(finance.trouble, []);
  await finance.context.close();
  // Who signs a batch makes none.
  const chair = await deskOf(program, "chair.county");
  const theirs = (await (await chair.page.request.get("/api/inbox")).json()) as {
    items: readonly { kind: string }[];
  };
  assert.ok(theirs.items.every((one) => one.kind !== "grants"));
  await chair.context.close();
});

test("decided aid becomes a batch, is reviewed and funded, and no one acts twice", async () => {
  const maker = await deskOf(program, "aid.county");
  await open(maker.page, "/o/money/grants");
  await maker.page.getByLabel("选上 孙拟梅").check();
  const bar = maker.page.getByRole("region", { name: "编批次" });
  await bar.getByText("¥2,800.00").waitFor();
  await bar.getByLabel("从哪项资金出").selectOption({ index: 1 });
  await bar.getByRole("button", { name: "编成发放批次" }).click();
  await maker.page.getByRole("heading", { level: 1, name: /生活救助/ }).waitFor();
  const address = new URL(maker.page.url()).pathname;
  const offers = maker.page.getByRole("region", { name: "可办的动作" });
  await offers.getByText(/为什么不能办/).waitFor();
  assert.equal(
    await offers.getByRole("button", { name: "复核通过" }).getAttribute("aria-disabled"),
    "true",
    "who made the list does not review it",
  );

  const left = (await (await maker.page.request.get("/api/inbox")).json()) as {
    items: readonly { kind: string }[];
  };
  assert.ok(
    left.items.every((one) => one.kind !== "grants"),
    "what is in a batch waits for none",
  );

  const chair = await deskOf(program, "chair.county");
  await open(chair.page, address);
  await take(chair.page, "复核通过");
  await chair.page.getByText("已复核", { exact: true }).first().waitFor();

  const finance = await deskOf(program, "finance.county");
  await open(finance.page, "/o/inbox");
  await finance.page
    .getByRole("region", { name: "等您办的" })
    .getByRole("link", { name: /¥2,800\.00/ })
    .click();
  await take(finance.page, "安排资金");
  await finance.page.getByText("资金已安排").first().waitFor();

  await open(chair.page, address);
  const approve = chair.page.getByRole("button", { name: "批准发放" });
  await approve.waitFor();
  assert.equal(await approve.getAttribute("aria-disabled"), "true", "who reviewed it does not sign it");

  await open(finance.page, "/o/money");
  await finance.page
    .getByRole("img", { name: /已占用 ¥2,800\.00/ })
    .first()
    .waitFor();
  for (const desk of [maker, chair, finance]) {
    assert.deepEqual(desk.trouble, []);
    await desk.context.close();
  }
});

test("a fund's statement ties, and leads to its vouchers", async () => {
  const { page, context, trouble } = await deskOf(program, "finance.county");
  await open(page, "/o/money");
  await page.getByRole("link", { name: "明细账" }).first().click();
  await page.getByText("期末").waitFor();
  await page
    .getByRole("link", { name: /^\d{4}-\d{2}-\d+$/ })
    .first()
    .click();
  await page.getByRole("heading", { level: 1, name: /记账凭证/ }).waitFor();
  await open(page, "/o/money/vouchers");
  await page.getByRole("link", { name: "账簿" }).click();
  await page.getByText("借贷相等").waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("the trial clock moves by working days and says the new day", async () => {
  const { page, context } = await deskOf(program, "chair.county");
  await open(page, "/o/inbox");
  const clock = page.getByRole("group", { name: "试用时钟" });
  const before = await clock.textContent();
  await clock.getByRole("button", { name: "往前拨 1 个工作日" }).click();
  await page.getByRole("status").filter({ hasText: "到期的事都办过了" }).waitFor();
  assert.notEqual(await clock.textContent(), before);
  await context.close();
});

test("a household's statement says on the screen and on paper whose it is and under which file", async () => {
  const { page, context, trouble } = await deskOf(program, "aid.county");
  const grants = await page.request.get("/api/grants?state=paid&limit=100");
  const { items } = (await grants.json()) as {
    items: readonly { householdId: string | null; beneficiaryName: string }[];
  };
  const grant = items.find((one) => one.beneficiaryName === "李例春" && one.householdId);
  const found = await page.request.get(`/api/statements/household/${grant?.householdId}`);
  const { headName, fileNumber } = (await found.json()) as { headName: string; fileNumber: string };
  assert.equal(headName, "李例春");
  assert.match(fileNumber, /^9901012026\d{5}$/);
  await open(page, `/o/money/households/${grant?.householdId}`);
  await page.getByRole("heading", { level: 1, name: "李例春家庭帮扶明细" }).waitFor();
  await page.waitForFunction(() => document.title.startsWith("李例春家庭帮扶明细"));
  await page.emulateMedia({ media: "print" });
  await page.getByText(`档案编号 ${fileNumber}`).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
  // Whose union is another sees no such household at all.
  const other = await deskOf(program, "chair.software");
  const refused = await other.page.request.get(`/api/statements/household/${grant?.householdId}`);
  assert.ok([403, 404].includes(refused.status()), `${refused.status()}`);
  await other.context.close();
});

test("on paper stands the page alone, all of it, with who printed it", async () => {
  const { page, context, trouble } = await deskOf(program, "aid.county");
  const cases = await page.request.get("/api/cases?service=hardship-file&step=active");
  const { items } = (await cases.json()) as { items: readonly { id: string }[] };
  await open(page, `/o/cases/${items[0]?.id}`);
  await page.getByRole("article").getByText("经过").waitFor();
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 688, height: 1000 });
  assert.equal(
    await page.getByText("跳到正文").isVisible(),
    false,
    "no link of the screen lies over the text",
  );
  assert.equal(await page.getByRole("navigation").first().isVisible(), false);
  assert.ok(await page.getByText(/^打印：云溪县总工会/).isVisible());
  const cut = await page
    .locator(".inner-scroll")
    .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length);
  assert.equal(cut, 0, "every column of a list stands on the sheet");
  assert.deepEqual(trouble, []);
  await context.close();
});
