import assert from "node:assert/strict";
import test from "node:test";
import type { Page } from "playwright-core";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { newId } from "../../src/kernel/ids.ts";
import { axe, settled, visitor } from "./browser.ts";
import { deskOf, open } from "./office-steps.ts";
import { officer } from "./officer.ts";
import { withProgram } from "./program.ts";

/** Several applications to join, chosen in the inbox and approved together. */

const program = withProgram();

/** Workers who ask to join the textile union, by name: the ids of their cases. */
async function apply(names: readonly string[], from: number): Promise<ReadonlyMap<string, string>> {
  const cases = new Map<string, string>();
  const li = await visitor(program.browser, program.url);
  await li.request.post("/api/session/code", { data: { phone: "13900000001" } });
  await li.request.post("/api/session", { data: { login: "13900000001", code: "123456" } });
  const unit = (await (await li.request.get("/api/me")).json()).person.unit.id as string;
  await li.close();
  for (const [index, name] of names.entries()) {
    const context = await visitor(program.browser, program.url);
    const phone = `139000007${from + index}`;
    await context.request.post("/api/session/code", { data: { phone } });
    const signed = await context.request.post("/api/session", {
      data: { login: phone, code: "123456", name, unit },
    });
    const { csrf } = (await signed.json()) as { csrf: string };
    const id = newId();
    const answers = {
      situation: "unit_has_union",
      unit,
      idNumber: fictitiousIdentity("990101", day("1991-05-05"), from + index + 800),
      phone,
      constitution: true,
      dataConsent: true,
      signature: name,
    };
    const opened = await context.request.post("/api/cases", {
      data: { id, service: "join", answers },
      headers: { "x-csrf": csrf },
    });
    assert.equal(opened.status(), 201, await opened.text());
    cases.set(name, id);
    await context.close();
  }
  return cases;
}

const stepOf = async (page: Page, id: string): Promise<string> =>
  (await (await page.request.get(`/api/cases/${id}`)).json()).case.step;

test("applications chosen in the inbox are approved together, and one that is refused stays chosen and says why", async () => {
  const cases = await apply(["卞例一", "柯样二", "傅拟三"], 10);
  const { page, context, trouble } = await deskOf(program, "chair.grassroots");
  await open(page, "/o/inbox");
  const bar = page.getByRole("region", { name: "一并办理" });
  await bar.getByRole("checkbox", { name: /^全选本页/ }).check();
  await bar.getByRole("button", { name: "批准入会（3）" }).click();
  const dialog = page.getByRole("dialog", { name: "批准入会：加入工会，3 件" });
  for (const name of cases.keys()) await dialog.getByRole("link", { name: new RegExp(name) }).waitFor();
  assert.deepEqual(await axe(page), []);
  // Meanwhile somebody else returned one of them.
  const returned = cases.get("柯样二") ?? "";
  const other = await officer(program.browser, program.url, "organiser.grassroots");
  await other.act(returned, "return", { note: "请补上工作单位。" });
  await other.close();
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(new URL(request.url()).pathname);
  });
  await dialog.getByRole("button", { name: "确定批准入会 3 件" }).click();
  await dialog.getByText("办成 2 件，没办成 1 件。").waitFor();
  await settled(page);
  assert.deepEqual(await axe(page), []);
  assert.equal(sent.length, 3, "each by itself");
  const refused = dialog.getByRole("listitem").filter({ hasText: "柯样二" });
  await refused.getByText("现在不能办这一步").waitFor();
  assert.equal(await dialog.getByText("已办：批准入会").count(), 2);
  for (const [name, id] of cases)
    assert.equal(await stepOf(page, id), name === "柯样二" ? "returned" : "joined", name);
  await refused.getByRole("link").click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("article").getByText("请补上工作单位。").first().waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test("by keyboard and on a phone, only what is chosen is taken", async () => {
  const cases = await apply(["孟例甲", "苗样乙", "祝拟丙"], 20);
  const { page, context, trouble } = await deskOf(program, "chair.grassroots", { size: "phone" });
  await open(page, "/o/inbox");
  const bar = page.getByRole("region", { name: "一并办理" });
  const boxes = page.getByRole("region", { name: "等您办的" }).getByRole("checkbox", { name: /^选上/ });
  await boxes.first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await bar.getByRole("button", { name: "批准入会（2）" }).waitFor();
  await page.keyboard.press("x");
  await bar.getByRole("button", { name: "批准入会（1）" }).waitFor();
  await page.keyboard.press("x");
  assert.deepEqual(await axe(page), []);
  await bar.getByRole("button", { name: "批准入会（2）" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "先不办" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await boxes.and(page.locator(":checked")).count(), 2, "still chosen");
  await bar.getByRole("button", { name: "批准入会（2）" }).press("Enter");
  await dialog.getByRole("button", { name: "确定批准入会 2 件" }).press("Enter");
  await dialog.getByText("2 件都办成了。").waitFor();
  await dialog.getByRole("button", { name: "好了" }).press("Enter");
  await dialog.waitFor({ state: "detached" });
  await settled(page);
  const steps = await Promise.all([...cases.values()].map((id) => stepOf(page, id)));
  assert.deepEqual(steps.toSorted(), ["joined", "joined", "submitted"]);
  assert.equal(await boxes.count(), 1);
  assert.equal(await boxes.first().isChecked(), false);
  assert.deepEqual(trouble, []);
  await context.close();
});
