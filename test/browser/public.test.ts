import assert from "node:assert/strict";
import test from "node:test";
import { axe, settled, troubles, visitor } from "./browser.ts";
import { withProgram } from "./program.ts";

/** What anybody may read, without signing in. */

const program = withProgram();

async function stranger(opening: Parameters<typeof visitor>[2] = {}) {
  const context = await visitor(program.browser, program.url, opening);
  const page = await context.newPage();
  return { page, context, trouble: troubles(page) };
}

test("a stranger reads a notice, objects without a name, and looks up the answer by the receipt", async () => {
  const { page, context, trouble } = await stranger();
  await page.goto("/");
  await page.getByRole("link", { name: "全部公示" }).click();
  await page.getByRole("heading", { level: 1, name: "正在公示" }).waitFor();
  await page.getByRole("main").getByRole("listitem").first().getByRole("link").click();
  await page.getByRole("article").waitFor();
  const poster = (await page.getByRole("article").textContent()) ?? "";
  assert.match(poster, /[\u4e00-\u9fff]\*/, "names are shortened");
  assert.doesNotMatch(poster, /\d{11}|\d{17}/, "no personal number");
  await page.getByRole("link", { name: "提出异议" }).click();
  await page.getByRole("button", { name: "提交" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("您的意见和依据").fill("据我所知,这户去年新买了一套房。");
  await page.getByRole("button", { name: "提交" }).click();
  await page.getByRole("heading", { level: 1, name: "已经收到" }).waitFor();
  const receipt = (await page.locator("output").textContent()) ?? "";
  assert.ok(receipt.length >= 8);
  await page.getByRole("link", { name: "查看答复" }).click();
  await page.getByLabel("查询码").fill(receipt);
  await page.getByRole("button", { name: "查询" }).click();
  await page.getByText(/正在核查/).waitFor();
  assert.ok(!page.url().includes(receipt), "the receipt stands in no address");
  assert.deepEqual(trouble, []);
  await context.close();
});

test("an unknown code is called unknown, not an error", async () => {
  const { page, context } = await stranger();
  await page.goto("/p/verify");
  await page.getByLabel("编码").fill("ABCD-1234");
  await page.getByRole("button", { name: "核验" }).click();
  await page.getByText(/没有查到这个编码/).waitFor();
  await context.close();
});

test("a union is found by a part of its name and shows its officers", async () => {
  const { page, context } = await stranger();
  await page.goto("/p/unions");
  await page.getByRole("combobox").fill("纺织");
  await page.getByRole("option").first().click();
  await page.getByRole("heading", { name: "工会干部" }).waitFor();
  await page.getByRole("main").getByText("溪口例纺织有限公司工会委员会").first().waitFor();
  await context.close();
});

test("public pages are clean for screen readers, in both languages, on phone and desk", async () => {
  const wrong: string[] = [];
  for (const lang of ["zh", "en"] as const) {
    for (const size of ["phone", "desk"] as const) {
      const { page, context } = await stranger({ lang, size });
      for (const address of ["/", "/p/notices", "/p/objections", "/p/verify", "/p/unions", "/p/nowhere"]) {
        await page.goto(address);
        await settled(page);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) wrong.push(`${address} ${lang} ${size}: ${over} px too wide`);
        for (const fault of await axe(page)) wrong.push(`${address} ${lang} ${size}: ${fault}`);
        const tongue = await page.locator("html").getAttribute("lang");
        if (tongue !== (lang === "zh" ? "zh-CN" : "en")) wrong.push(`${address}: lang is ${tongue}`);
      }
      await context.close();
    }
  }
  assert.deepEqual(wrong, []);
});
