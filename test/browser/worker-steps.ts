import type { Page } from "playwright-core";
import { foundedUnits, foundedWorkers } from "../../src/demo/federation.ts";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { settled } from "./browser.ts";

/** What a worker does on the phone, by role and label, for tests and screenshots. */

const words = {
  zh: { phone: "手机号", send: "获取验证码", code: "短信验证码", enter: "登录" },
  en: {
    phone: "Mobile number",
    send: "Send me a code",
    code: "Code from the text message",
    enter: "Sign in",
  },
} as const;

/** Signs in by phone and the trial federation's code. */
export async function signInWorker(
  page: Page,
  who: { readonly phone: string; readonly lang?: "zh" | "en" },
): Promise<void> {
  const word = words[who.lang ?? "zh"];
  await page.goto("/w/");
  await page.getByLabel(word.phone).fill(who.phone);
  await page.getByRole("button", { name: word.send }).click();
  await page.getByLabel(word.code).fill("123456");
  await page.getByRole("button", { name: word.enter, exact: true }).click();
  await page.getByRole("navigation").waitFor();
  await settled(page);
}

/** A member of the fictitious federation who asks for a file. */
export interface Applicant {
  readonly phone: string;
  readonly name: string;
  readonly born: string;
  readonly idNumber: string;
}

/** A founded worker by their key, with the identity number that founding gave them. */
export function applicant(key: string): Applicant {
  const index = foundedWorkers.findIndex((one) => one.key === key);
  const found = foundedWorkers[index];
  if (!found) throw new Error(`no such worker: ${key}`);
  const region = foundedUnits.find((unit) => unit.key === found.unit)?.region.slice(0, 6) ?? "990101";
  const sequence = (100 + index) * 2 + (found.sex === "male" ? 1 : 0);
  return { ...found, idNumber: fictitiousIdentity(region, day(found.born), sequence) };
}

/** A photo to hand in: what this page looks like. */
export async function photo(page: Page, name: string) {
  return { name, mimeType: "image/png", buffer: await page.screenshot() };
}

export const goOn = (page: Page) => page.getByRole("button", { name: "继续" }).click();

/** Waits for a question by its heading, answers it, goes on. */
export async function answer(
  page: Page,
  heading: string,
  give: () => Promise<unknown> = async () => {},
): Promise<void> {
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  await settled(page);
  await give();
  await goOn(page);
}

export const choose = (page: Page, name: string) => page.getByRole("radio", { name, exact: true }).check();

async function addRow(
  page: Page,
  fill: (row: ReturnType<Page["getByRole"]>) => Promise<unknown>,
): Promise<void> {
  await page.getByRole("button", { name: /^(添加一项|再添加一项)$/ }).click();
  await fillRow(page, fill);
}

async function fillRow(
  page: Page,
  fill: (row: ReturnType<Page["getByRole"]>) => Promise<unknown>,
): Promise<void> {
  const row = page.getByRole("dialog");
  await row.waitFor();
  await fill(row);
  await row.getByRole("button", { name: "好了" }).click();
  await row.waitFor({ state: "detached" });
}

/** Hands in one photo for every kind of paper the page asks for, without waiting for one before the next. */
export async function handInAll(page: Page, which = /拍照或选文件$/): Promise<void> {
  const inputs = page.getByLabel(which);
  await inputs.first().waitFor();
  const papers = page.getByRole("button", { name: /^删除/ });
  const count = await inputs.count();
  const before = await papers.count();
  for (let index = 0; index < count; index++) {
    await inputs.nth(index).setInputFiles(await photo(page, `材料${index + 1}.png`));
  }
  await papers.nth(before + count - 1).waitFor();
}

/** A daughter's number that no other household of the tests uses. */
export function childOf(who: Applicant): string {
  return fictitiousIdentity(
    who.idNumber.slice(0, 6),
    day("2009-06-01"),
    Number(who.idNumber.slice(14, 17)) * 2 - 300,
  );
}

/** From the start page of the hardship file to the receipt; answers as example 1 of the income test, roughly. */
export async function applyForHardshipFile(page: Page, who: Applicant): Promise<void> {
  await page.goto("/w/services/hardship-file");
  await page.getByRole("link", { name: "开始填写" }).click();
  await answer(page, "主要困难是什么", () => choose(page, "本人大病"));
  await answer(page, "还有其他原因吗");
  await answer(page, "说说家里的情况", () =>
    page.getByRole("textbox").fill("去年住院两次,孩子在读高中,家里只有我一个人的工资。"),
  );
  // No day, no event: what it cost is not asked.
  await answer(page, "意外或突发大病发生在哪天");
  await answer(page, "联系电话", () => page.getByRole("textbox").fill(who.phone));
  await answer(page, "现住址", () => page.getByRole("textbox").fill("云溪县溪口镇样板路 1 号"));
  await answer(page, "家里有哪些人", async () => {
    // The applicant's own row is there already, with the number the roster has.
    await page.getByRole("button", { name: `修改 ${who.name}` }).click();
    await fillRow(page, async (row) => {
      await row.getByRole("radio", { name: "在岗" }).check();
      await row.getByRole("radio", { name: "重病" }).check();
    });
    await addRow(page, async (row) => {
      await row.getByLabel("姓名").fill("例小满");
      await row.getByRole("radio", { name: "女", exact: true }).check();
      await row.getByLabel("身份证号").fill(childOf(who));
      await row.getByRole("radio", { name: "在读" }).check();
      await row.getByRole("radio", { name: "良好" }).check();
    });
  });
  await answer(page, "是否离异或丧偶", () => choose(page, "否"));
  await answer(page, "家里正在领低保吗", () => choose(page, "否"));
  await answer(page, "是否农民工", () => choose(page, "否"));
  await answer(page, "过去 12 个月家里的收入", () =>
    addRow(page, async (row) => {
      await row.getByRole("group", { name: "谁的收入" }).getByRole("radio", { name: who.name }).check();
      await row.getByRole("radio", { name: "工资", exact: true }).check();
      await row.getByLabel("12 个月合计").fill("36000");
    }),
  );
  await answer(page, "过去 12 个月必须的大额支出", () =>
    addRow(page, async (row) => {
      await row.getByRole("radio", { name: "看病" }).check();
      await row.getByLabel("总共花了").fill("42000");
      await row.getByLabel("其中已报销或减免").fill("23500");
    }),
  );
  await answer(page, "住房", () => choose(page, "租房"));
  await answer(page, "名下共有几套住房", () => page.getByRole("textbox").fill("0"));
  await answer(page, "家里有机动车吗", () => choose(page, "否"));
  await answer(page, "银行卡户名", () => page.getByRole("textbox").fill(who.name));
  await answer(page, "开户银行", () => page.getByRole("textbox").fill("虚构银行"));
  await answer(page, "开户支行", () => page.getByRole("textbox").fill("云溪支行"));
  // The card on file stands there masked; another may be typed.
  await answer(page, "银行卡号", async () => {
    await page.getByRole("button", { name: "换一个" }).click();
    await page.getByRole("textbox").fill("6222 0200 0000 0000 002");
  });
  await answer(page, "材料", () => handInAll(page));
  for (let consents = 0; consents < 3; consents++) {
    await page.getByRole("checkbox").waitFor();
    const heading = await page.getByRole("heading", { level: 1 }).textContent();
    await page.getByRole("checkbox").check();
    await goOn(page);
    await page
      .getByRole("heading", { level: 1 })
      .filter({ hasNotText: heading ?? "" })
      .waitFor();
  }
  await page.getByRole("heading", { level: 1, name: "核对您填的内容" }).waitFor();
  await page.getByRole("button", { name: "提交申请" }).click();
  await page.getByRole("heading", { level: 1, name: "已经收到您的申请" }).waitFor();
}

/** A worker whom no roster knows signs in, names their union and applies to join it. The case's id. */
export async function joinAsNewcomer(
  page: Page,
  who: { readonly phone: string; readonly name: string; readonly union: string },
): Promise<string> {
  await page.goto("/w/");
  await page.getByLabel("手机号").fill(who.phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("短信验证码").fill("123456");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.getByLabel("您的姓名").fill(who.name);
  await chooseUnion(page, who.union);
  await page.getByRole("button", { name: "继续" }).click();
  await page.getByRole("navigation").waitFor();
  await page.getByRole("link", { name: "加入工会" }).first().click();
  await page.getByRole("link", { name: "开始填写" }).click();
  await answer(page, "您的就业情况", () => choose(page, "单位有工会"));
  await answer(page, "工作单位或平台", () => page.getByRole("textbox").fill("溪口例纺织有限公司"));
  await answer(page, "是否农民工", () => choose(page, "否"));
  await answer(page, "加入哪个工会", () => chooseUnion(page, who.union));
  // A card of the mainland needs no choice.
  await answer(page, "证件类型");
  await answer(page, "证件号码", () =>
    page.getByRole("textbox").fill(fictitiousIdentity("990101", day("1996-08-08"), 777)),
  );
  await answer(page, "手机号", () => page.getByRole("textbox").fill(who.phone));
  for (const heading of [/中国工会章程/, /个人信息/]) {
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await page.getByRole("checkbox").check();
    await goOn(page);
  }
  await answer(page, "签名", () => page.getByRole("textbox").fill(who.name));
  await page.getByRole("button", { name: "提交申请" }).click();
  await page.getByRole("heading", { level: 1, name: "已经收到您的申请" }).waitFor();
  return new URL(page.url()).pathname.split("/")[3] ?? "";
}

async function chooseUnion(page: Page, name: string): Promise<void> {
  await page.getByRole("combobox").fill(name);
  await page.getByRole("option").first().click();
}
