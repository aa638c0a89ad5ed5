import type { Page } from "playwright-core";
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

/** A photo to hand in: what this page looks like. */
async function photo(page: Page, name: string) {
  return { name, mimeType: "image/png", buffer: await page.screenshot() };
}

const goOn = (page: Page) => page.getByRole("button", { name: "继续" }).click();

/** Waits for a question by its heading, answers it, goes on. */
async function answer(
  page: Page,
  heading: string,
  give: () => Promise<unknown> = async () => {},
): Promise<void> {
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  await settled(page);
  await give();
  await goOn(page);
}

const choose = (page: Page, name: string) => page.getByRole("radio", { name, exact: true }).check();

async function addRow(
  page: Page,
  fill: (row: ReturnType<Page["getByRole"]>) => Promise<unknown>,
): Promise<void> {
  await page.getByRole("button", { name: /^(添加一项|再添加一项)$/ }).click();
  const row = page.getByRole("dialog");
  await row.waitFor();
  await fill(row);
  await row.getByRole("button", { name: "好了" }).click();
  await row.waitFor({ state: "detached" });
}

/** Hands in one photo for every kind of paper the page asks for. */
export async function handInAll(page: Page): Promise<void> {
  const buttons = page.getByLabel(/拍照或选文件$/);
  const count = await buttons.count();
  for (let index = 0; index < count; index++) {
    await buttons.nth(index).setInputFiles(await photo(page, `材料${index + 1}.png`));
    await page.getByRole("button", { name: /^删除/ }).nth(index).waitFor();
  }
}

/** From the start page of the hardship file to the receipt; answers as example 1 of the income test, roughly. */
export async function applyForHardshipFile(
  page: Page,
  person: { readonly name: string } = { name: "李例春" },
): Promise<void> {
  await page.goto("/w/services/hardship-file");
  await page.getByRole("link", { name: "开始填写" }).click();
  await answer(page, "主要困难是什么", () => choose(page, "本人大病"));
  await answer(page, "还有其他原因吗");
  await answer(page, "说说家里的情况", () =>
    page.getByRole("textbox").fill("去年住院两次,孩子在读高中,家里只有我一个人的工资。"),
  );
  await answer(page, "联系电话", () => page.getByRole("textbox").fill("13900000001"));
  await answer(page, "现住址", () => page.getByRole("textbox").fill("云溪县溪口镇样板路 1 号"));
  await answer(page, "家里有哪些人", async () => {
    await addRow(page, async (row) => {
      await row.getByLabel("姓名").fill(person.name);
      await row.getByRole("radio", { name: "本人" }).check();
      await row.getByLabel("身份证号").fill(fictitiousIdentity("990101", day("1984-03-12"), 101));
      await row.getByRole("radio", { name: "在岗" }).check();
      await row.getByRole("radio", { name: "重病" }).check();
    });
    await addRow(page, async (row) => {
      await row.getByLabel("姓名").fill("例小满");
      await row.getByRole("radio", { name: "女", exact: true }).check();
      await row.getByLabel("身份证号").fill(fictitiousIdentity("990101", day("2009-06-01"), 212));
      await row.getByRole("radio", { name: "在读" }).check();
      await row.getByRole("radio", { name: "良好" }).check();
    });
  });
  await answer(page, "是否离异或丧偶", () => choose(page, "否"));
  await answer(page, "家里正在领低保吗", () => choose(page, "否"));
  await answer(page, "是否农民工", () => choose(page, "否"));
  await answer(page, "过去 12 个月家里的收入", () =>
    addRow(page, async (row) => {
      await row.getByLabel("谁的收入").fill(person.name);
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
  await answer(page, "银行卡户名", () => page.getByRole("textbox").fill(person.name));
  await answer(page, "开户银行", () => page.getByRole("textbox").fill("虚构银行"));
  await answer(page, "开户支行", () => page.getByRole("textbox").fill("云溪支行"));
  await answer(page, "银行卡号", () => page.getByRole("textbox").fill("6222 0200 0000 0000 002"));
  await answer(page, "材料", () => handInAll(page));
  for (let consents = 0; consents < 3; consents++) {
    await page.getByRole("checkbox").waitFor();
    const heading = await page.getByRole("heading", { level: 1 }).innerText();
    await page.getByRole("checkbox").check();
    await goOn(page);
    await page.getByRole("heading", { level: 1 }).filter({ hasNotText: heading }).waitFor();
  }
  await page.getByRole("heading", { level: 1, name: "核对您填的内容" }).waitFor();
  await page.getByRole("button", { name: "提交申请" }).click();
  await page.getByRole("heading", { level: 1, name: "已经收到您的申请" }).waitFor();
}
