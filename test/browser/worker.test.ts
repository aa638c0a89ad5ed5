import assert from "node:assert/strict";
import test from "node:test";
import { axe, settled, troubles, visitor } from "./browser.ts";
import { officer } from "./officer.ts";
import { withProgram } from "./program.ts";
import {
  answer,
  applicant,
  applyForHardshipFile,
  choose,
  goOn,
  handInAll,
  joinAsNewcomer,
  signInWorker,
} from "./worker-steps.ts";

/** The worker's phone, by role and label, against the whole program. */

const program = withProgram();

async function phone(who?: string, opening: Parameters<typeof visitor>[2] = {}) {
  const context = await visitor(program.browser, program.url, opening);
  const page = await context.newPage();
  const trouble = troubles(page);
  if (who !== undefined)
    await signInWorker(page, { phone: who, ...(opening.lang && { lang: opening.lang }) });
  return { page, context, trouble };
}

test("a worker asks for a hardship file, one question a screen, and sees whose turn it is", async () => {
  const who = applicant("liang");
  const { page, context, trouble } = await phone(who.phone);
  await applyForHardshipFile(page, who);
  await page.getByText(/前答复您/).waitFor();
  await page.getByRole("link", { name: "看进度" }).click();
  await page.getByRole("heading", { level: 1, name: "困难职工建档" }).waitFor();
  await page.getByText("提出申请").waitFor();
  assert.equal(await page.locator('[aria-current="step"]').count(), 1);
  assert.match((await page.getByText(/编号/).first().textContent()) ?? "", /\d{4}-\d{6}-KN-\d+/);
  await page.goto("/w/");
  await page.getByRole("link", { name: /困难职工建档/ }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("what was filled in is there again after leaving, and back loses nothing", async () => {
  const { page, context } = await phone("13900000010");
  await page.goto("/w/services/hardship-file");
  await page.getByRole("link", { name: "开始填写" }).click();
  await answer(page, "主要困难是什么", () => choose(page, "下岗失业"));
  await answer(page, "还有其他原因吗");
  await page.getByRole("heading", { level: 1, name: "说说家里的情况" }).waitFor();
  const saved = page.waitForResponse(
    (one) => one.url().includes("/api/drafts/") && one.request().method() === "PUT",
  );
  await page.getByRole("textbox").fill("上个月厂里停产了。");
  await saved;
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "还有其他原因吗" }).waitFor();
  await page.goForward();
  assert.equal(await page.getByRole("textbox").inputValue(), "上个月厂里停产了。");
  await context.close();

  const again = await phone("13900000010");
  await again.page.goto("/w/apply/hardship-file/mainCause");
  await settled(again.page);
  assert.equal(await again.page.getByRole("radio", { name: "下岗失业" }).isChecked(), true);
  await again.page.goto("/w/services/hardship-file");
  await again.page.getByRole("link", { name: "接着填" }).waitFor();
  await again.context.close();
});

test("a question that must be answered says so, and the answer goes on by keyboard alone", async () => {
  const { page, context } = await phone("13900000009");
  await page.goto("/w/apply/join/situation");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await settled(page);
  await goOn(page);
  await page.getByRole("alert").waitFor();
  await page.getByRole("radio").first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/w\/apply\/join\/(?!situation)/);
  await context.close();
});

test("returned papers are handed in again without filling in everything anew", async () => {
  const { page, context, trouble } = await phone("13900000004");
  await page.getByRole("heading", { name: "等您办" }).waitFor();
  await page.getByRole("link", { name: /困难职工建档/ }).click();
  await page.getByText("退回的原因").waitFor();
  await page.getByRole("link", { name: "补正后重新提交" }).click();
  await page.getByRole("heading", { level: 1, name: "补正后重新提交" }).waitFor();
  await settled(page);
  await page.getByRole("button", { name: /修改.*现住址/ }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("虚谷区样板街 8 号");
  await page.getByRole("dialog").getByRole("button", { name: "好了" }).click();
  await page.getByText("虚谷区样板街 8 号").waitFor();
  await handInAll(page, /医疗费.*拍照或选文件$/);
  await page.getByRole("button", { name: "补正后重新提交" }).click();
  await page.getByRole("heading", { level: 1, name: "困难职工建档" }).waitFor();
  await page
    .getByText(/前答复您/)
    .first()
    .waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("a newcomer who is no member joins, is told of the decision while looking, and rates it", async () => {
  const { page, context, trouble } = await phone();
  const caseId = await joinAsNewcomer(page, { phone: "13900000077", name: "例新来", union: "溪口例纺织" });
  await page.goto(`/w/cases/${caseId}`);
  await page
    .getByText(/前答复您/)
    .first()
    .waitFor();
  await page.waitForTimeout(100);
  const chair = await officer(program.browser, program.url, "chair.grassroots");
  await chair.act(caseId, "approve");
  await chair.close();
  // Nobody reloads: the server's event brings it.
  await page.getByRole("group", { name: /办得怎么样/ }).waitFor();
  await page.getByRole("radio", { name: /5 星/ }).check();
  await page.getByLabel(/想说的话/).fill("很快。");
  await page.getByRole("button", { name: "提交评价" }).click();
  await page.getByText("您评了 5 星").waitFor();
  await page.goto("/w/mine");
  await page.getByText(/会员号/).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("a member reads a notice on the union's board, objects without a name and looks up the answer", async () => {
  const { page, context, trouble } = await phone("13900000001");
  await page.getByRole("link", { name: /则正在公示/ }).click();
  await page.getByRole("heading", { level: 1, name: "工会公示" }).waitFor();
  await page.getByRole("link", { name: /武例河/ }).click();
  await page.getByRole("article").getByText("武例河").waitFor();
  await page.getByRole("link", { name: "提出异议" }).click();
  await page.getByLabel("您的意见和依据").fill("据我所知，这户去年新买了一套房。");
  await page.getByRole("button", { name: "提交" }).click();
  await page.getByRole("heading", { level: 1, name: "已经收到" }).waitFor();
  const receipt = (await page.locator("output").textContent()) ?? "";
  await page.getByRole("link", { name: "查看答复" }).click();
  await page.getByLabel("查询码").fill(receipt);
  await page.getByRole("button", { name: "查询" }).click();
  await page.getByText(/正在核查/).waitFor();
  assert.ok(!page.url().includes(receipt), "the code stands in no address");
  await page.goto("/w/mine/union");
  await page.getByRole("link", { name: /武例河/ }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("without a network the page says so and keeps what is typed", async () => {
  const { page, context } = await phone("13900000005");
  await page.goto("/w/apply/join/employerName");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await settled(page);
  await context.setOffline(true);
  await page.getByText(/没有网络/).waitFor();
  await page.getByRole("textbox").fill("云溪例物流站");
  await page.getByText("已存在手机里").waitFor();
  const sent = page.waitForResponse((one) => one.url().includes("/api/drafts/") && one.ok());
  await context.setOffline(false);
  await sent;
  await page.getByText("已保存").waitFor();
  await context.close();
});

const pages = [
  "/w/",
  "/w/services",
  "/w/services/hardship-file",
  "/w/apply/join/situation",
  "/w/apply/hardship-file/papers",
  "/w/apply/hardship-file/members",
  "/w/apply/hardship-file/check",
  "/w/cases",
  "/w/notices",
  "/w/objection",
  "/w/messages",
  "/w/mine",
  "/w/mine/card",
  "/w/mine/union",
  "/w/mine/household",
  "/w/mine/looked-at",
  "/w/mine/settings",
];

test("every page is usable with a screen reader and fits 320 pixels at twice the type", async () => {
  const { page, context, trouble } = await phone("13900000003", {
    largeType: true,
    size: { width: 320, height: 640 },
  });
  const wrong: string[] = [];
  for (const address of pages) {
    await page.goto(address);
    await settled(page);
    for (const type of ["", "32px"]) {
      const over = await page.evaluate((size) => {
        document.documentElement.style.fontSize = size;
        return document.documentElement.scrollWidth - innerWidth;
      }, type);
      if (over > 0) wrong.push(`${address}: ${over} px too wide at ${type || "large"}`);
    }
    await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
    for (const fault of await axe(page)) wrong.push(`${address}: ${fault}`);
    if ((await page.getByRole("heading", { level: 1 }).count()) !== 1)
      wrong.push(`${address}: not one heading`);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(trouble, []);
  await context.close();
});

test("English is complete: no Chinese but names", async () => {
  const { page, context } = await phone("13900000003", { lang: "en" });
  const found: string[] = [];
  for (const address of pages) {
    await page.goto(address);
    await settled(page);
    const texts = await page
      .locator("h1, h2, h3, label, legend, button:not(.row), nav a, dt, .help")
      .evaluateAll((all) => all.map((one) => one.textContent ?? ""));
    for (const text of texts)
      if (/[\u4e00-\u9fff]{2}/.test(text.replace(/中文|孙拟梅/g, ""))) found.push(`${address}: ${text}`);
  }
  assert.deepEqual(found, []);
  await context.close();
});
