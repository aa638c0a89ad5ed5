import assert from "node:assert/strict";
import test from "node:test";
import type { FileChooser, Page } from "playwright-core";
import { settled, troubles, visitor } from "./browser.ts";
import { type Keys, keysOf } from "./keys.ts";
import { emptyDesk, trialPassword } from "./office-steps.ts";
import { withProgram } from "./program.ts";
import { applicant, childOf, photo } from "./worker-steps.ts";

/** The main way through the product without a mouse, from the application to the funded batch. */

const program = withProgram();
const who = applicant("jiang");

async function phone() {
  const context = await visitor(program.browser, program.url);
  const page = await context.newPage();
  return { page, context, trouble: troubles(page), keys: keysOf(page) };
}

/** At the desk, signed in by keys alone. */
async function desk(login: string) {
  const { page, context, trouble } = await emptyDesk(program);
  const keys = keysOf(page);
  await page.goto("/o/inbox");
  await keys.write(page.getByLabel("登录名"), login);
  await keys.write(page.getByLabel("密码"), trialPassword);
  await keys.press("Enter");
  await keys.write(page.getByLabel("动态码"), "000000");
  await keys.press("Enter");
  await page.getByRole("heading", { level: 1, name: "待办" }).waitFor();
  await settled(page);
  return { page, context, trouble, keys };
}

async function signIn(page: Page, keys: Keys): Promise<void> {
  await page.goto("/w/");
  await keys.write(page.getByLabel("手机号"), who.phone);
  await keys.press("Enter");
  await keys.stands(page.getByLabel("短信验证码"), "after asking for a code");
  await page.keyboard.type("123456");
  await keys.press("Enter");
  await page.getByRole("navigation").waitFor();
  await settled(page);
}

/** A question by its heading: answered, and on by the button at the thumb. */
async function answer(
  page: Page,
  keys: Keys,
  heading: string,
  give: () => Promise<unknown> = async () => {},
) {
  const title = page.getByRole("heading", { level: 1, name: heading });
  await title.waitFor();
  await settled(page);
  await give();
  await keys.enter(page.getByRole("button", { name: "继续" }));
}

async function row(
  page: Page,
  keys: Keys,
  opener: RegExp | string,
  fill: () => Promise<unknown>,
): Promise<void> {
  const button = page.getByRole("button", { name: opener });
  await keys.enter(button);
  const sheet = page.getByRole("dialog");
  await sheet.waitFor();
  await fill();
  await keys.enter(sheet.getByRole("button", { name: "好了" }));
  await sheet.waitFor({ state: "detached" });
}

async function handIn(page: Page, keys: Keys, which = /拍照或选文件$/): Promise<void> {
  const inputs = page.getByLabel(which);
  await inputs.first().waitFor();
  const removing = page.getByRole("button", { name: /^删除/ });
  const before = await removing.count();
  const count = await inputs.count();
  const file = await photo(page, "材料.png");
  for (let index = 0; index < count; index++) {
    await keys.to(inputs.nth(index));
    let chooser: FileChooser | undefined;
    // The browser of the tests lets a press go by while the chooser before is still closing.
    for (let press = 0; press < 3 && !chooser; press++) {
      const opened = page.waitForEvent("filechooser", { timeout: 6_000 }).catch(() => undefined);
      await keys.press(press === 1 ? "Space" : "Enter");
      chooser = await opened;
      await keys.stands(inputs.nth(index), "asked for a file");
    }
    assert.ok(chooser, "no files to choose from");
    await chooser.setFiles(file);
  }
  await removing.nth(before + count - 1).waitFor();
}

let address = "";

test("a worker signs in, applies and hands in without a mouse", async () => {
  const { page, context, trouble, keys } = await phone();
  await signIn(page, keys);
  await keys.to(page.getByRole("link", { name: "跳到正文" }));
  await keys.press("Enter");
  await keys.press("Tab");
  await keys.within(page.getByRole("main"), "after the skip link");
  await keys.enter(page.getByRole("navigation").getByRole("link", { name: "办事" }));
  await keys.enter(page.getByRole("link", { name: /困难职工建档/ }));
  await keys.enter(page.getByRole("link", { name: "开始填写" }));
  const heading = page.getByRole("heading", { level: 1 });
  await page.getByRole("heading", { level: 1, name: "主要困难是什么" }).waitFor();
  await keys.stands(heading, "a new question");
  await settled(page);
  await keys.enter(page.getByRole("button", { name: "继续" }));
  await page.getByRole("alert").getByText("请选择一项。").waitFor();
  await keys.stands(page.getByRole("radio").first(), "a question left out");
  await answer(page, keys, "主要困难是什么", () =>
    keys.choose(page.getByRole("radio", { name: "本人大病" })),
  );
  await answer(page, keys, "还有其他原因吗");
  await answer(page, keys, "说说家里的情况", () =>
    keys.write(page.getByRole("textbox"), "去年住院两次，家里只有我一个人的工资。"),
  );
  await answer(page, keys, "意外或突发大病发生在哪天");
  await answer(page, keys, "联系电话", () => keys.write(page.getByRole("textbox"), who.phone));
  await answer(page, keys, "现住址", () => keys.write(page.getByRole("textbox"), "云溪县溪口镇样板路 2 号"));
  await answer(page, keys, "家里有哪些人", async () => {
    const change = page.getByRole("button", { name: `修改 ${who.name}` });
    await keys.enter(change);
    const sheet = page.getByRole("dialog");
    await sheet.waitFor();
    await keys.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await keys.stands(change, "after Escape");
    await row(page, keys, `修改 ${who.name}`, async () => {
      await keys.choose(sheet.getByRole("radio", { name: "在岗" }));
      await keys.choose(sheet.getByRole("radio", { name: "重病" }));
    });
    await keys.stands(change, "after a row was filled in");
    await row(page, keys, /添加一项$/, async () => {
      await keys.write(sheet.getByLabel("姓名"), "例小满");
      await keys.choose(sheet.getByRole("radio", { name: "女", exact: true }));
      await keys.write(sheet.getByLabel("身份证号"), childOf(who));
      await keys.choose(sheet.getByRole("radio", { name: "在读" }));
      await keys.choose(sheet.getByRole("radio", { name: "良好" }));
    });
    await keys.stands(page.getByRole("button", { name: /添加一项$/ }), "after a row was added");
    const unwanted = page.getByRole("button", { name: "删除 例小满" });
    await row(page, keys, /添加一项$/, async () => {
      await keys.write(sheet.getByLabel("姓名"), "例小寒");
      await keys.choose(sheet.getByRole("radio", { name: "女", exact: true }));
      await keys.write(sheet.getByLabel("身份证号"), childOf(who));
      await keys.choose(sheet.getByRole("radio", { name: "在读" }));
      await keys.choose(sheet.getByRole("radio", { name: "良好" }));
    });
    await keys.to(unwanted, "Shift+Tab");
    await keys.press("Enter");
    await unwanted.waitFor({ state: "detached" });
    await keys.within(page.getByRole("group", { name: /家里有哪些人/ }), "after a row was taken away");
  });
  for (const heading of ["是否离异或丧偶", "家里正在领低保吗", "是否农民工"])
    await answer(page, keys, heading, () =>
      keys.choose(page.getByRole("radio", { name: "否", exact: true })),
    );
  const sheet = page.getByRole("dialog");
  await answer(page, keys, "过去 12 个月家里的收入", () =>
    row(page, keys, "添加一项", async () => {
      await keys.choose(sheet.getByRole("radio", { name: who.name }));
      await keys.choose(sheet.getByRole("radio", { name: "工资", exact: true }));
      await keys.write(sheet.getByLabel("12 个月合计"), "36000");
    }),
  );
  await answer(page, keys, "过去 12 个月必须的大额支出", () =>
    row(page, keys, "添加一项", async () => {
      await keys.choose(sheet.getByRole("radio", { name: "看病" }));
      await keys.write(sheet.getByLabel("总共花了"), "42000");
      await keys.write(sheet.getByLabel("其中已报销或减免"), "23500");
    }),
  );
  await answer(page, keys, "住房", () => keys.choose(page.getByRole("radio", { name: "租房", exact: true })));
  await answer(page, keys, "名下共有几套住房", () => keys.write(page.getByRole("textbox"), "0"));
  await answer(page, keys, "家里有机动车吗", () =>
    keys.choose(page.getByRole("radio", { name: "否", exact: true })),
  );
  await answer(page, keys, "银行卡户名", () => keys.write(page.getByRole("textbox"), who.name));
  await answer(page, keys, "开户银行", () => keys.write(page.getByRole("textbox"), "虚构银行"));
  await answer(page, keys, "开户支行", () => keys.write(page.getByRole("textbox"), "云溪支行"));
  await answer(page, keys, "银行卡号", async () => {
    await keys.enter(page.getByRole("button", { name: "换一个" }));
    await keys.stands(page.getByRole("textbox"), "for another card");
    await page.keyboard.type("6222020000000000002");
  });
  await answer(page, keys, "材料", () => handIn(page, keys));
  for (let consents = 0; consents < 3; consents++) {
    await page.getByRole("checkbox").waitFor();
    const before = (await heading.textContent()) ?? "";
    await keys.check(page.getByRole("checkbox"));
    await keys.press("Enter");
    await heading.filter({ hasNotText: before }).waitFor();
  }
  await page.getByRole("heading", { level: 1, name: "核对您填的内容" }).waitFor();
  await keys.enter(page.getByRole("button", { name: "提交申请" }));
  const received = page.getByRole("heading", { level: 1, name: "已经收到您的申请" });
  await received.waitFor();
  await keys.stands(received, "the receipt is told");
  await keys.enter(page.getByRole("link", { name: "看进度" }));
  await page.getByRole("heading", { level: 1, name: "困难职工建档" }).waitFor();
  address = new URL(page.url()).pathname;
  assert.deepEqual([...keys.faults], []);
  assert.deepEqual(trouble, []);
  await context.close();
});

test("the chair of the grassroots union finds the case and returns it without a mouse", async () => {
  const { page, context, trouble, keys } = await desk("chair.grassroots");
  await keys.to(page.getByRole("link", { name: "跳到正文" }), "Shift+Tab");
  await keys.press("Enter");
  await keys.press("Tab");
  await keys.within(page.getByRole("main"), "after the skip link");
  const list = page.getByRole("region", { name: "等您办的" });
  const ours = list.getByRole("link", { name: new RegExp(who.name) });
  await ours.waitFor();
  for (let count = 0; count < 20; count++) {
    await keys.press("j");
    if (await ours.evaluate((one) => one === document.activeElement)) break;
  }
  await keys.stands(ours, "j walks the inbox");
  await keys.press("Enter");
  const article = page.getByRole("article");
  await article.getByText("经过").waitFor();
  const back = page.getByRole("button", { name: "退回补正", exact: true });
  const dialog = page.getByRole("dialog");
  await keys.enter(back);
  await dialog.waitFor();
  await keys.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await keys.stands(back, "after Escape");
  await keys.press("Enter");
  await dialog.waitFor();
  await keys.enter(dialog.getByRole("button", { name: "确定退回补正" }));
  await dialog.getByRole("alert").first().waitFor();
  await keys.stands(dialog.getByRole("textbox").first(), "what was left out");
  await page.keyboard.type("收入证明缺 8 月以后的，请补上。");
  await keys.enter(dialog.getByRole("button", { name: "确定退回补正" }));
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("status").filter({ hasText: "退回补正" }).waitFor();
  await keys.within(page.getByRole("main"), "after the action");
  assert.deepEqual([...keys.faults], []);
  assert.deepEqual(trouble, []);
  await context.close();
});

test("the worker answers the returned papers without a mouse", async () => {
  const { page, context, trouble, keys } = await phone();
  await signIn(page, keys);
  await keys.enter(page.getByRole("link", { name: /困难职工建档/ }).first());
  await page.getByText("退回的原因").waitFor();
  await keys.enter(page.getByRole("link", { name: "补正后重新提交" }));
  const title = page.getByRole("heading", { level: 1, name: "补正后重新提交" });
  await title.waitFor();
  await settled(page);
  const change = page.getByRole("button", { name: /修改.*现住址/ });
  await keys.enter(change);
  const sheet = page.getByRole("dialog");
  await keys.write(sheet.getByRole("textbox"), "云溪县溪口镇样板路 8 号");
  await keys.press("Enter");
  await sheet.waitFor({ state: "detached" });
  await keys.stands(change, "after the change");
  await keys.enter(page.getByRole("button", { name: "补正后重新提交" }));
  const here = page.getByRole("heading", { level: 1, name: "困难职工建档" });
  await here.waitFor();
  assert.equal(new URL(page.url()).pathname, address);
  await keys.stands(here, "back at the case");
  assert.deepEqual([...keys.faults], []);
  assert.deepEqual(trouble, []);
  await context.close();
});

test("an officer of the county puts decided aid into a batch without a mouse", async () => {
  const { page, context, trouble, keys } = await desk("aid.county");
  await keys.enter(page.getByRole("navigation", { name: "主菜单" }).getByRole("link", { name: "资金" }));
  await keys.enter(page.getByRole("link", { name: "待发放" }));
  await page.getByLabel("选上 孙拟梅").waitFor();
  await settled(page);
  await keys.check(page.getByLabel("选上 孙拟梅"));
  const bar = page.getByRole("region", { name: "编批次" });
  await bar.getByText("¥2,800.00").waitFor();
  await keys.to(bar.getByLabel("从哪项资金出"));
  await keys.press("ArrowDown");
  await keys.enter(bar.getByRole("button", { name: "编成发放批次" }));
  await page.getByRole("heading", { level: 1, name: /生活救助/ }).waitFor();
  await keys.within(page.getByRole("main"), "on the batch");
  assert.deepEqual([...keys.faults], []);
  assert.deepEqual(trouble, []);
  await context.close();
});

/** Takes an action of what is open: to its button by Tab, through its form, and out again. */
async function actByKeys(page: Page, keys: Keys, title: string): Promise<void> {
  const open = page.getByRole("button", { name: title, exact: true });
  await open.waitFor();
  await settled(page);
  await keys.enter(open);
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await keys.within(dialog, "in the form");
  await keys.enter(dialog.getByRole("button", { name: `确定${title}` }));
  await dialog.waitFor({ state: "detached" });
  await keys.within(page.getByRole("main"), "after the action");
}

test("the chair reviews the batch and the finance officer assigns its fund without a mouse", async () => {
  for (const [login, title, after] of [
    ["chair.county", "复核通过", "已复核"],
    ["finance.county", "安排资金", "资金已安排"],
  ] as const) {
    const { page, context, trouble, keys } = await desk(login);
    const waiting = page.getByRole("region", { name: "等您办的" }).getByRole("link", { name: /¥2,800\.00/ });
    await waiting.waitFor();
    for (let count = 0; count < 60; count++) {
      await keys.press("j");
      if (await waiting.evaluate((one) => one === document.activeElement)) break;
    }
    await keys.press("Enter");
    await actByKeys(page, keys, title);
    await page.getByText(after, { exact: true }).first().waitFor();
    assert.deepEqual([...keys.faults], []);
    assert.deepEqual(trouble, []);
    await context.close();
  }
});

test("the approver of the city decides from the inbox without a mouse", async () => {
  const { page, context, trouble, keys } = await desk("approver.city");
  await page.getByRole("region", { name: "等您办的" }).getByRole("link").first().waitFor();
  await keys.press("j");
  await keys.press("Enter");
  await page.getByRole("article").getByText("经过").waitFor();
  const bar = page.getByRole("region", { name: "可办的动作" });
  const first = bar.locator("button.primary");
  const title = (await first.textContent()) ?? "";
  await keys.press("a");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await keys.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await actByKeys(page, keys, title);
  await page.getByText("没有等您办的事").waitFor();
  assert.deepEqual([...keys.faults], []);
  assert.deepEqual(trouble, []);
  await context.close();
});
