/**
 * Takes a picture of every page of the officer's desk for docs/screens/, from the fictitious federation: at
 * 1440 × 900 and 1024 × 768, in both languages, full, empty, loading, failing, offline and dark.
 *
 * `node scripts/screens-office.ts` starts the program on a federation of its own; `--url=http://127.0.0.1:8080` uses
 * one that runs (its clock is moved on). Words after it take only the scenes whose name contains one of them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { newId } from "../src/kernel/ids.ts";
import { launch, settled, visitor } from "../test/browser/browser.ts";
import { startProgram } from "../test/browser/program.ts";

const { values, positionals } = parseArgs({ options: { url: { type: "string" } }, allowPositionals: true });
const out = join(import.meta.dirname, "../docs/screens");
mkdirSync(out, { recursive: true });

/** One picture: whose desk, where, and what is done before it is taken. */
interface Scene {
  readonly name: string;
  readonly who?: string;
  readonly at: string | ((page: Page) => Promise<string>);
  readonly before?: (page: Page) => Promise<unknown>;
  readonly after?: (page: Page) => Promise<unknown>;
  readonly unsettled?: boolean;
  readonly whole?: boolean;
}

async function first(page: Page, path: string, place: (id: string) => string): Promise<string> {
  const answer = await page.request.get(`/api${path}`);
  const { items } = (await answer.json()) as { items: readonly { id: string }[] };
  return place(items[0]?.id ?? "");
}

const openFirst = (page: Page): Promise<void> => page.locator("a[data-row]").first().click();
const fail = (pattern: string) => (page: Page) =>
  page.route(pattern, (route) =>
    route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      body: '{"code":"broken","status":500}',
    }),
  );
const chart = (page: Page): Promise<void> => page.locator('[role="img"] svg').last().waitFor();

const scenes: readonly Scene[] = [
  { name: "inbox", at: "/o/inbox", after: openFirst },
  { name: "inbox-empty", who: "chair.grassroots", at: "/o/inbox" },
  {
    name: "inbox-loading",
    at: "/o/inbox",
    before: (page) => page.route("**/api/inbox?limit=100*", () => {}),
    unsettled: true,
  },
  { name: "inbox-failed", at: "/o/inbox", before: fail("**/api/inbox?limit=100*") },
  { name: "inbox-offline", at: "/o/inbox", after: (page) => page.context().setOffline(true) },
  {
    name: "case",
    at: (page) => first(page, "/cases?service=hardship-file&step=active", (id) => `/o/cases/${id}`),
  },
  {
    name: "case-whole",
    at: (page) => first(page, "/cases?service=hardship-file&step=active", (id) => `/o/cases/${id}`),
    after: (page) => page.locator(".case-scroll").evaluate((at) => at.scrollTo(0, 620)),
  },
  {
    name: "case-act",
    at: "/o/inbox",
    after: async (page) => {
      await openFirst(page);
      await page.locator(".acting .button.primary").click();
    },
  },
  { name: "cases", at: "/o/cases" },
  { name: "eligible", at: "/o/eligible?line=200000" },
  { name: "start", at: "/o/start/hardship-file" },
  { name: "rounds", at: "/o/rounds" },
  { name: "members", who: "chair.county", at: "/o/members" },
  {
    name: "member",
    who: "chair.county",
    at: (page) => first(page, `/members?q=${encodeURIComponent("李例春")}`, (id) => `/o/members/${id}`),
  },
  { name: "transfers", who: "chair.county", at: "/o/transfers" },
  { name: "transfers-empty", who: "chair.software", at: "/o/transfers" },
  {
    name: "transfer",
    who: "chair.grassroots",
    at: (page) => first(page, "/transfers", (id) => `/o/transfers/${id}`),
  },
  { name: "import", who: "chair.county", at: "/o/imports/new" },
  {
    name: "unit",
    who: "chair.county",
    at: (page) => first(page, `/units?q=${encodeURIComponent("溪口例纺织")}`, (id) => `/o/units/${id}`),
  },
  { name: "unions", who: "chair.county", at: "/o/unions" },
  { name: "money", who: "finance.county", at: "/o/money" },
  {
    name: "grants",
    at: "/o/money/grants",
    after: (page) => page.locator("td input[type=checkbox]").first().check(),
  },
  {
    name: "batch",
    who: "finance.county",
    at: (page) => first(page, "/batches", (id) => `/o/money/batches/${id}`),
  },
  {
    name: "statement",
    who: "finance.county",
    at: (page) => first(page, "/funds", (id) => `/o/money/funds/${id}`),
  },
  {
    name: "voucher",
    who: "finance.county",
    at: (page) => first(page, "/vouchers", (id) => `/o/money/vouchers/${id}`),
  },
  { name: "notices", at: "/o/notices" },
  { name: "policies", who: "chair.county", at: "/o/policies?key=aid.notice-days" },
  { name: "figures", who: "chair.county", at: "/o/figures", after: chart },
  { name: "measure", who: "chair.county", at: "/o/figures/members", after: chart },
  { name: "measure-flow", who: "chair.county", at: "/o/figures/cases-ended", after: chart },
  { name: "figures-outward", who: "finance.county", at: "/o/figures", after: chart },
  { name: "member-change", who: "chair.county", at: "/o/figures/member-change?kind=joined&from=2024-01-01" },
  { name: "audit", who: "audit.province", at: "/o/audit" },
  { name: "account", at: "/o/account" },
];

async function take(
  browser: Browser,
  base: string,
  scene: Scene,
  opening: Opening,
  suffix: string,
): Promise<void> {
  const name = `office-${scene.name}-${suffix}`;
  if (positionals.length > 0 && !positionals.some((word) => name.includes(word))) return;
  const context = await visitor(browser, base, opening);
  const page = await context.newPage();
  try {
    await page.request.post("/api/session", {
      data: { login: scene.who ?? "aid.county", password: "zhijia-trial-2026", code: "000000" },
    });
    await scene.before?.(page);
    await page.goto(typeof scene.at === "string" ? scene.at : await scene.at(page));
    await page.getByRole("navigation").first().waitFor();
    if (scene.unsettled) await page.locator('[aria-busy="true"]').first().waitFor();
    else await settled(page);
    await scene.after?.(page);
    if (!scene.unsettled) await settled(page);
    await page.screenshot({ path: join(out, `${name}.png`) });
    console.log(`${name}.png`);
  } finally {
    await context.close();
  }
}

interface Opening {
  readonly lang: "zh" | "en";
  readonly size: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
}

/** Members of one union asked for by another, so that the list of transfers holds some. */
async function askForTransfers(chair: BrowserContext): Promise<void> {
  const { csrf } = (await (await chair.request.get("/api/me")).json()) as { csrf: string };
  const unit = async (name: string): Promise<string> => {
    const found = await chair.request.get(`/api/units?q=${encodeURIComponent(name)}`);
    return ((await found.json()) as { items: { id: string }[] }).items[0]?.id ?? "";
  };
  const [from, to] = [await unit("溪口例纺织"), await unit("云溪样机械")];
  const members = await chair.request.get(`/api/members?unit=${from}&status=ACTIVE&limit=6`);
  const { items } = (await members.json()) as { items: { id: string }[] };
  for (const { id } of items)
    await chair.request.post(`/api/members/${id}/transfer`, {
      data: { id: newId(), toUnitId: to },
      headers: { "x-csrf": csrf },
    });
}

/** A round that is open, so that the list of rounds holds one. */
async function openRound(browser: Browser, base: string): Promise<void> {
  const aid = await visitor(browser, base);
  const session = await aid.request.post("/api/session", {
    data: { login: "aid.county", password: "zhijia-trial-2026", code: "000000" },
  });
  const { csrf, me } = (await session.json()) as {
    csrf: string;
    me: { posts: { unit: { id: string } }[]; installation: { today: string } };
  };
  const on = me.installation.today;
  const opened = await aid.request.post("/api/rounds", {
    data: {
      id: newId(),
      service: "cool-gift",
      unitId: me.posts[0]?.unit.id,
      title: "送清凉慰问包",
      opensAt: `${on}T00:00:00+08:00`,
      closesAt: `${on}T23:59:00+08:00`,
      quota: 300,
      waiting: 50,
      eachFen: 8_000,
      budgetFen: 2_400_000,
    },
    headers: { "x-csrf": csrf },
  });
  if (!opened.ok()) throw new Error(`no round: ${await opened.text()}`);
  await aid.close();
}

async function takeAll(browser: Browser, base: string): Promise<void> {
  const desk = { width: 1440, height: 900 };
  const small = { width: 1024, height: 768 };
  const chair = await visitor(browser, base, { size: desk });
  await chair.request.post("/api/session", {
    data: { login: "chair.county", password: "zhijia-trial-2026", code: "000000" },
  });
  // A week on, so that something waits and something has come up from below.
  await chair.request.post("/api/trial/clock", { data: { advance: "P6D" } });
  await askForTransfers(chair);
  await chair.close();
  await openRound(browser, base);
  for (const lang of ["zh", "en"] as const) {
    const door = await visitor(browser, base, { lang, size: desk });
    const page = await door.newPage();
    await page.goto("/o/");
    await settled(page);
    await page.screenshot({ path: join(out, `office-sign-in-${lang}.png`) });
    await door.close();
    for (const scene of scenes) await take(browser, base, scene, { lang, size: desk }, lang);
    for (const scene of scenes.filter(({ name }) => /^(inbox|case|cases|unit|figures|members)$/.test(name)))
      await take(browser, base, scene, { lang, size: small }, `1024-${lang}`);
  }
  for (const scene of scenes.filter(({ name }) => /^(inbox|case|figures)$/.test(name)))
    await take(browser, base, scene, { lang: "zh", size: desk, dark: true }, "dark-zh");
}

const program = values.url === undefined ? await startProgram() : undefined;
const browser = await launch();
try {
  await takeAll(browser, values.url ?? program?.url ?? "");
} finally {
  await browser.close();
  await program?.stop();
}
