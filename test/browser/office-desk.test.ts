import assert from "node:assert/strict";
import test from "node:test";
import type { Locator } from "playwright-core";
import { axe, settled } from "./browser.ts";
import { deskOf, emptyDesk, open, take, trialPassword } from "./office-steps.ts";
import { withProgram } from "./program.ts";

/** The officer's desk, by role and label, against the whole program. */

const program = withProgram();

test("an officer signs in with name, password and code, and comes to the page they asked for", async () => {
  const { page, context, trouble } = await emptyDesk(program);
  await page.goto("/o/policies");
  await page.getByLabel("登录名").fill("aid.county");
  await page.getByLabel("密码").fill("wrong-password");
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("密码").fill(trialPassword);
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByLabel("动态码").fill("000000");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "政策" }).waitFor();
  await page.getByLabel(/的账号/).click();
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByLabel("登录名").waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("j and k walk the inbox, Enter opens beside it, the address remembers", async () => {
  const { page, context, trouble } = await deskOf(program, "approver.city");
  await open(page, "/o/inbox");
  const rows = page.getByRole("region", { name: "等您办的" }).getByRole("link");
  await rows.first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("article").getByText("经过").waitFor();
  assert.match(page.url(), /open=/);
  await page.reload();
  await page.getByRole("article").getByText("经过").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "快捷键与帮助" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "find");
  await page.keyboard.type("lilichun");
  await page.getByRole("option", { name: /李例春/ }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("a row of the inbox says which union it belongs to, also on the narrowest screen", async () => {
  const { page, context, trouble } = await deskOf(program, "approver.city");
  const inbox = await page.request.get("/api/inbox");
  const { items } = (await inbox.json()) as { items: readonly { kind: string; unitName: string }[] };
  const below = items.find((one) => one.kind === "case");
  assert.ok(below, "a case of a union below waits for the city");
  await open(page, "/o/inbox");
  const row = page.getByRole("region", { name: "等您办的" }).getByRole("link").first();
  await row.getByText(below.unitName, { exact: true }).waitFor();
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok(await row.getByText(below.unitName, { exact: true }).isVisible());
    assert.deepEqual(await cutOff(row), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width}`);
  }
  assert.deepEqual(trouble, []);
  await context.close();
});

test("aid that waits for a batch says so whole on the narrowest screen, in English too", async () => {
  for (const [lang, said] of [
    ["zh", "1 笔待编批次"],
    ["en", "1 to put into a batch"],
  ] as const) {
    const { page, context, trouble } = await deskOf(program, "aid.county", { lang });
    await open(page, "/o/inbox");
    const row = page.locator(".inbox-rows").getByRole("link").filter({ hasText: said });
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await row.waitFor();
      assert.deepEqual(await cutOff(row), [], `${lang} ${width}`);
    }
    assert.deepEqual(trouble, []);
    await context.close();
  }
});

/** The parts of a row that show less than they say. */
const cutOff = (row: Locator): Promise<string[]> =>
  row
    .locator("> span")
    .evaluateAll((parts) =>
      parts.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent ?? ""),
    );

test("an action asks what it must, is done once, and the case goes on", async () => {
  const { page, context, trouble } = await deskOf(program, "approver.city");
  await open(page, "/o/inbox");
  await page.getByRole("region", { name: "等您办的" }).getByRole("link").first().click();
  const article = page.getByRole("article");
  await article.getByText("经过").waitFor();
  await take(page, "退回补正", async (dialog) => {
    await dialog.getByRole("button", { name: "确定退回补正" }).click();
    await dialog.getByRole("alert").first().waitFor();
    await dialog.getByRole("textbox").first().fill("收入证明缺 8 月以后的,请补上。");
  });
  await article.getByText("收入证明缺 8 月以后的,请补上。").waitFor();
  await page.getByText("没有等您办的事").waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("a paper is fetched, and so looked at, only when somebody opens it", async () => {
  const { page, context } = await deskOf(program, "aid.county");
  const fetched: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/papers/")) fetched.push(request.url());
  });
  await open(page, "/o/files?step=active");
  await page.getByRole("link", { name: "李例春" }).click();
  const papers = page.getByRole("button", { name: /^查看材料/ });
  await papers.first().waitFor();
  await papers.last().scrollIntoViewIfNeeded();
  await settled(page);
  assert.deepEqual(fetched, [], "to see that there is a paper is not to look at it");
  await papers.first().click();
  await page.getByRole("dialog").waitFor();
  await settled(page);
  assert.equal(new Set(fetched).size, 1);
  await context.close();
});

test("what may not be done is grey and says why", async () => {
  const { page, context } = await deskOf(program, "aid.county");
  await open(page, "/o/files?step=active");
  await page.getByRole("link", { name: "李例春" }).click();
  const bar = page.getByRole("region", { name: "可办的动作" });
  await bar.waitFor();
  const grey = bar.locator('button[aria-disabled="true"]').first();
  await grey.waitFor();
  await bar.getByText(/为什么不能办/).click();
  const why = await page.locator(`#${await grey.getAttribute("aria-describedby")}`).textContent();
  assert.ok((why ?? "").length > 8);
  await context.close();
});

test("a policy is set for one's own union from a day on, and shows where it comes from", async () => {
  const { page, context, trouble } = await deskOf(program, "chair.county");
  await open(page, "/o/policies?key=aid.notice-days");
  await page.getByRole("button", { name: "为本级设定" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("天数").fill("7");
  await dialog.getByLabel("依据文件").fill("云溪县总工会帮扶工作细则");
  await dialog.getByRole("button", { name: /^确定设定/ }).click();
  await dialog.waitFor({ state: "detached" });
  const panel = page.getByRole("region", { name: "公示时间" });
  await panel.getByText("云溪县总工会帮扶工作细则").first().waitFor();
  assert.match((await panel.locator("li.rules").textContent()) ?? "", /云溪县总工会.*7 个工作日/);
  assert.deepEqual(trouble, []);
  await context.close();
});

test("a union’s headcount, which its membership rate is reckoned by, is corrected at the desk", async () => {
  const { page, context, trouble } = await deskOf(program, "chair.county");
  await open(page, "/o/inbox");
  const workplace = await page.evaluate(async () => {
    const { items } = await (await fetch("/api/units?level=GRASSROOTS&limit=50")).json();
    for (const { id } of items)
      if ((await (await fetch(`/api/units/${id}`)).json()).employer?.employeeCount) return id;
  });
  await open(page, `/o/units/${workplace}`);
  const facts = page.getByText(/· 职工 [\d,]+ 人/);
  await facts.waitFor();
  await page.locator("summary", { hasText: "办理" }).click();
  await page.getByRole("button", { name: "修改", exact: true }).click();
  const form = page.getByRole("dialog");
  const send = form.locator('button[type="submit"]');
  await form.getByLabel("职工人数").fill("777");
  await form.getByLabel("其中女职工").fill("778");
  await send.click();
  await form
    .getByText(/女职工数不能多于职工数/)
    .first()
    .waitFor();
  await form.getByLabel("其中女职工").fill("300");
  await send.click();
  await page.getByText(/· 职工 777 人/).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("a number in the search travels in a body, never in an address", async () => {
  const { page, context } = await deskOf(program, "chair.county");
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await open(page, "/o/members");
  await page.getByRole("searchbox", { name: /姓名、拼音/ }).fill("13900000001");
  await page.getByRole("link", { name: "李例春" }).waitFor();
  assert.equal(page.url().includes("13900000001"), false);
  assert.deepEqual(
    addresses.filter((one) => one.includes("139000")),
    [],
  );
  await context.close();
});

test("full numbers ask for a purpose and leave a trace", async () => {
  const { page, context } = await deskOf(program, "chair.county");
  await open(page, "/o/members?q=%E6%9D%8E%E4%BE%8B%E6%98%A5");
  await page.getByRole("link", { name: "李例春" }).click();
  await page.getByText("139****0001").waitFor();
  await page.getByRole("button", { name: "查看完整信息" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("用途").fill("核对发放账户联系人");
  await dialog.getByRole("button", { name: "查看", exact: true }).click();
  await dialog.getByText("13900000001").waitFor();
  await dialog.getByText("这次查看已记录").waitFor();
  await context.close();
});

const pages = [
  "/o/inbox",
  "/o/cases",
  "/o/files",
  "/o/start/hardship-file",
  "/o/members",
  "/o/imports/new",
  "/o/members/duplicates",
  "/o/units",
  "/o/unions",
  "/o/money",
  "/o/money/grants",
  "/o/money/batches",
  "/o/money/vouchers",
  "/o/notices",
  "/o/policies",
  "/o/figures",
  "/o/figures/members",
  "/o/audit",
  "/o/account",
];

for (const lang of ["zh", "en"] as const) {
  test(`every page keeps WCAG 2.2 AA and says nothing in the console (${lang})`, async () => {
    const login = lang === "zh" ? "finance.county" : "audit.province";
    const { page, context, trouble } = await deskOf(program, login, { lang, dark: lang === "en" });
    for (const address of pages) {
      await open(page, address);
      assert.deepEqual(await axe(page), [], address);
    }
    assert.deepEqual(trouble, []);
    await context.close();
  });
}

test("English leaves no Chinese in the desk's own words", async () => {
  const { page, context } = await deskOf(program, "chair.county", { lang: "en" });
  for (const address of ["/o/cases", "/o/members", "/o/money", "/o/figures"]) {
    await open(page, address);
    const words = await page
      .locator("h1, h2, th, button, label, select option:first-child, nav.rail a, .tabs a")
      .allTextContents();
    const names = /工会|资金|^中文$|[例拟试样]/;
    assert.deepEqual(
      words.filter((one) => /\p{Script=Han}/u.test(one) && !names.test(one)),
      [],
      address,
    );
  }
  await context.close();
});

test("the audit says in English what the program did, and names the applicant who acted", async () => {
  const { page, context, trouble } = await deskOf(program, "audit.province", { lang: "en" });
  await open(page, "/o/audit");
  const who = (action: string, name: string) =>
    page.getByRole("row").filter({ hasText: action }).filter({ hasText: name }).first();
  await who("Time was up", "孙拟梅").getByText("The system", { exact: true }).waitFor();
  await who("Applied", "钱试川").getByText("钱试川", { exact: true }).nth(1).waitFor();
  assert.equal(await page.getByText("系统", { exact: true }).count(), 0);
  await open(page, "/o/policies");
  const groups = await page.locator("tr.group").allTextContents();
  assert.deepEqual(
    groups.filter((one) => !/^[A-Z]/.test(one)),
    [],
    "each group of policies is called by a title",
  );
  assert.deepEqual(trouble, []);
  await context.close();
});

test("on a phone an open case leads back to its list, and the row of steps shows where it stands", async () => {
  const { page, context, trouble } = await deskOf(program, "chair.province", { size: "phone" });
  await open(page, "/o/inbox");
  const rows = page.getByRole("region", { name: "等您办的" }).getByRole("link");
  // A case that has come far: its step lies beyond what a phone shows of the row.
  await rows.filter({ hasText: "董样岚" }).click();
  await page.getByRole("article").getByText("经过").waitFor();
  assert.equal(await rows.first().isVisible(), false);
  const steps = page.getByRole("list", { name: "办到哪一步" });
  assert.ok((await steps.evaluate((one) => one.scrollLeft)) > 0);
  const way = await steps.boundingBox();
  const now = await page.locator('[aria-current="step"]').boundingBox();
  assert.ok(way && now && now.x >= way.x && now.x + now.width <= way.x + way.width, "the step is in sight");
  await page.getByRole("main").getByRole("link", { name: "待办", exact: true }).click();
  await rows.first().waitFor();
  assert.doesNotMatch(page.url(), /open=/);
  assert.deepEqual(trouble, []);
  await context.close();
});

test("on a phone a union’s actions can be pressed, and its tree is one step back", async () => {
  const { page, context, trouble } = await deskOf(program, "chair.county", { size: "phone" });
  await open(page, "/o/units");
  const tree = page.getByRole("region", { name: "组织树" });
  await tree.getByRole("link", { name: "溪口镇工会联合会" }).click();
  await page.getByRole("heading", { name: "溪口镇工会联合会" }).waitFor();
  await page.locator("summary", { hasText: "办理" }).click();
  await page.getByRole("button", { name: "修改", exact: true }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("简称").fill("溪口");
  await form.locator('button[type="submit"]').click();
  await form.waitFor({ state: "detached" });
  assert.equal(await tree.isVisible(), false);
  await page.getByRole("main").getByRole("link", { name: "组织", exact: true }).click();
  await tree.getByRole("link", { name: "溪口", exact: true }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("on a phone no edge cuts what opens below a button, nor a page", async () => {
  const { page, context, trouble } = await deskOf(program, "chair.county", { size: "phone" });
  for (const address of [
    "/o/cases",
    "/o/members",
    "/o/eligible",
    "/o/notices",
    "/o/policies",
    "/o/policies?key=aid.notice-days",
    "/o/audit",
  ]) {
    await open(page, address);
    const buttons = page.locator("details.menu > summary:visible");
    for (let at = 0; at < (await buttons.count()); at++) {
      await buttons.nth(at).click();
      const drop = page.locator("details.menu[open] > .drop");
      // What is loaded once it is open makes it longer.
      await drop.locator("button, a, label").first().waitFor();
      await page.waitForFunction(whole, undefined, { timeout: 3_000 });
      await page.keyboard.press("Escape");
      await drop.waitFor({ state: "hidden" });
    }
    assert.equal(await page.locator("main").evaluate((one) => one.scrollWidth - one.clientWidth), 0, address);
  }
  await page.locator("#find").fill("li");
  const found = await page.getByRole("listbox").boundingBox();
  assert.ok(found && found.x >= 0 && found.x + found.width <= 390, "what is found");
  assert.deepEqual(trouble, []);
  await context.close();
});

/** Whether what is open below a button is on the screen from edge to edge. */
const whole = (): boolean => {
  const edge = document.querySelector("details.menu[open] > .drop")?.getBoundingClientRect();
  return !!edge && edge.left >= 0 && edge.top >= 0 && edge.right <= innerWidth && edge.bottom <= innerHeight;
};
