import assert from "node:assert/strict";
import test from "node:test";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { axe, settled, troubles, visitor } from "./browser.ts";
import { deskOf, open } from "./office-steps.ts";
import { withProgram } from "./program.ts";
import { signInWorker } from "./worker-steps.ts";

/** A roster is loaded; one worker confirms on the phone, another says that it is not so; the desk sees both. */

const program = withProgram();

const people = ["确例甲", "确例乙", "确例丙"].map((name, n) => ({
  name,
  phone: `1391112000${n}`,
  id: fictitiousIdentity("990101", day("1988-03-04"), 711 + 2 * n),
}));

test("workers answer a roster on the phone, and the desk sees who has not", async () => {
  const desk = await deskOf(program, "chair.grassroots");
  const { page } = desk;
  const me = await (await page.request.get("/api/me")).json();
  const unit = me.posts[0].unit.id;
  const rows = people.map((one) => `${one.name},${one.id},${one.phone}`);
  const made = await page.request.post("/api/imports", {
    multipart: {
      unit,
      file: {
        name: "名册.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(["姓名,身份证号,手机号", ...rows].join("\r\n")),
      },
    },
    headers: { "x-csrf": me.csrf },
  });
  assert.equal(made.status(), 201, await made.text());
  const { id } = await made.json();
  await open(page, `/o/imports/${id}`);
  await page.getByText("有 3 人待本人确认").waitFor();

  const trouble: string[] = [];
  const phoneOf = async (who: (typeof people)[number]) => {
    const context = await visitor(program.browser, program.url, { size: "phone" });
    const phone = await context.newPage();
    const seen = troubles(phone);
    await signInWorker(phone, who);
    await phone.getByText("工会名册里有您，请您确认").waitFor();
    await settled(phone);
    assert.deepEqual(await axe(phone), []);
    return {
      phone,
      end: async () => {
        trouble.push(...seen);
        await context.close();
      },
    };
  };
  const one = await phoneOf(people[0]!);
  // Wherever a membership is wanted, the way goes to the one word that makes it.
  await one.phone.goto("/w/mine");
  await one.phone.getByRole("link", { name: "确认入会" }).waitFor();
  for (const at of ["/w/services/join", "/w/services/hardship-file", "/w/mine/card"]) {
    await one.phone.goto(at);
    await one.phone.getByRole("link", { name: /^去(首页)?确认/ }).waitFor();
    assert.equal(await one.phone.getByRole("link", { name: "开始填写" }).count(), 0, at);
  }
  await one.phone.getByRole("link", { name: "去首页确认入会" }).click();
  await one.phone.getByRole("button", { name: /我自愿加入/ }).click();
  await one.phone.getByText("工会名册里有您，请您确认").waitFor({ state: "detached" });
  await one.phone.getByRole("navigation").getByRole("link", { name: "办事" }).click();
  await one.phone.getByRole("link", { name: /困难职工建档/ }).click();
  await one.phone.getByRole("link", { name: "开始填写" }).waitFor();
  await one.phone.goto("/w/mine/card");
  await one.phone.getByText(people[0]!.name).first().waitFor();
  await one.end();

  const two = await phoneOf(people[1]!);
  await two.phone.getByRole("button", { name: "情况不符" }).click();
  await two.phone.getByLabel("哪里不符").selectOption({ label: "已经离开单位" });
  await two.phone.getByLabel("补充说明").fill("去年已离职");
  assert.deepEqual(await axe(two.phone), []);
  await two.phone.getByRole("button", { name: "提交说明" }).click();
  await two.phone.getByText("工会名册里有您，请您确认").waitFor({ state: "detached" });
  await two.end();

  await open(page, "/o/members");
  await page.getByRole("link", { name: "1 人待本人确认" }).waitFor();
  await settled(page);
  assert.deepEqual(await axe(page), []);
  await page.getByRole("link", { name: "1 人说明情况不符" }).click();
  await page.getByRole("link", { name: people[1]!.name }).click();
  await page.getByText("去年已离职").waitFor();
  await open(page, "/o/members");
  await page.getByRole("link", { name: "1 人待本人确认" }).click();
  await page.getByRole("link", { name: people[2]!.name }).waitFor();
  await page.getByRole("button", { name: "提醒未确认的 1 人" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "提醒未确认的 1 人" }).click();
  await page.getByText("正在提醒 1 人").waitFor();
  await page.getByRole("link", { name: people[2]!.name }).click();
  // Nothing that is for members is asked for before, and the way to it is shown.
  const third = page.url();
  await page.getByRole("link", { name: "代为申请" }).click();
  await page.getByText(`给${people[2]!.name}办`).waitFor();
  await page.getByRole("link", { name: /困难职工建档/ }).click();
  await page.getByText("还没有确认入会，不是会员").waitFor();
  assert.equal(await page.getByRole("button", { name: "提交申请" }).isVisible(), false);
  await settled(page);
  assert.deepEqual(await axe(page), []);
  await page.getByRole("link", { name: "打开会员页面" }).click();
  await page.waitForURL(third);
  await page.getByRole("button", { name: "登记本人确认" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/本人怎样确认的/).fill("书面确认书 2026-3 号");
  await dialog.getByRole("button", { name: /登记本人确认/ }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("书面确认书 2026-3 号").waitFor();
  assert.deepEqual([...trouble, ...desk.trouble], []);
  await desk.context.close();
});
