/**
 * Takes a picture of every page of the worker's and the public face for docs/screens/, from the fictitious
 * federation: in both sizes and languages, full, empty, loading, failing and offline.
 *
 * `node scripts/screens.ts` starts the program on a federation of its own; `--url=http://127.0.0.1:8080`
 * uses one that runs. `-- worker-home` takes only those whose name contains the word.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launch, settled, visitor } from "../test/browser/browser.ts";
import { startProgram } from "../test/browser/program.ts";
import { applicant, applyForHardshipFile, signInWorker } from "../test/browser/worker-steps.ts";

const { values, positionals } = parseArgs({ options: { url: { type: "string" } }, allowPositionals: true });
const out = join(import.meta.dirname, "../docs/screens");
mkdirSync(out, { recursive: true });

/** One picture: where, and what is done to the page before it is taken. */
interface Shot {
  readonly name: string;
  readonly at: string | ((page: Page) => Promise<string>);
  readonly before?: (page: Page) => Promise<unknown>;
  readonly after?: (page: Page) => Promise<void>;
  /** Taken while skeletons stand. */
  readonly unsettled?: boolean;
  readonly whole?: boolean;
}

const firstCase = async (page: Page): Promise<string> => {
  const cases = await page.request.get("/api/me/cases");
  const { items } = (await cases.json()) as { items: { id: string }[] };
  return `/w/cases/${items[0]?.id ?? ""}`;
};
const firstNotice = async (page: Page): Promise<string> => {
  const notices = await page.request.get("/api/me/notices");
  const { items } = (await notices.json()) as { items: { id: string }[] };
  return `/w/notices/${items[0]?.id ?? ""}`;
};
const stop = (pattern: string) => (page: Page) =>
  page.route(pattern, (route) =>
    route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      body: '{"code":"broken","status":500}',
    }),
  );

const publicShots: readonly Shot[] = [
  { name: "public-home", at: "/" },
  { name: "public-notices", at: "/p/notices" },
  { name: "public-verify", at: "/p/verify" },
  { name: "public-verify-unknown", at: "/p/verify/ABCD-1234" },
  { name: "public-objection-answer", at: "/p/objections" },
  { name: "public-unions", at: "/p/unions" },
  { name: "public-lost", at: "/p/nowhere" },
];

const workerShots: readonly Shot[] = [
  { name: "worker-home", at: "/w/" },
  {
    name: "worker-home-loading",
    at: "/w/",
    before: (page) => page.route("**/api/me/cases", () => {}),
    unsettled: true,
  },
  { name: "worker-home-failed", at: "/w/", before: stop("**/api/me/cases") },
  { name: "worker-home-offline", at: "/w/", after: (page) => page.context().setOffline(true) },
  { name: "worker-services", at: "/w/services" },
  { name: "worker-service", at: "/w/services/hardship-file" },
  { name: "worker-question", at: "/w/apply/living-aid" },
  { name: "worker-question-papers", at: "/w/apply/hardship-file/papers" },
  { name: "worker-question-list", at: "/w/apply/hardship-file/members" },
  { name: "worker-check", at: "/w/apply/hardship-file/check", whole: true },
  { name: "worker-case", at: firstCase },
  { name: "worker-case-whole", at: firstCase, whole: true },
  { name: "worker-cases", at: "/w/cases" },
  { name: "worker-notices", at: "/w/notices" },
  { name: "worker-notice", at: firstNotice },
  { name: "worker-objection", at: async (page) => `${await firstNotice(page)}/object` },
  { name: "worker-objection-answer", at: "/w/objection" },
  { name: "worker-messages", at: "/w/messages" },
  { name: "worker-mine", at: "/w/mine" },
  { name: "worker-card", at: "/w/mine/card" },
  { name: "worker-union", at: "/w/mine/union" },
  { name: "worker-household", at: "/w/mine/household" },
  { name: "worker-looked-at", at: "/w/mine/looked-at" },
  { name: "worker-settings", at: "/w/mine/settings", whole: true },
];

async function take(context: BrowserContext, shot: Shot, suffix: string): Promise<void> {
  if (positionals.length > 0 && !positionals.some((word) => shot.name.includes(word))) return;
  const page = await context.newPage();
  try {
    await shot.before?.(page);
    const address = typeof shot.at === "string" ? shot.at : await shot.at(page);
    await page.goto(address);
    if (shot.unsettled) await page.locator('[aria-busy="true"]').first().waitFor();
    else await settled(page);
    if (shot.after) {
      await shot.after(page);
      await page.getByRole("status").first().waitFor();
    }
    const file = `${shot.name}-${suffix}.png`;
    await page.screenshot({ path: join(out, file), fullPage: shot.whole ?? false });
    console.log(file);
  } finally {
    await context.setOffline(false);
    await page.close();
  }
}

async function takeAll(browser: Browser, base: string): Promise<void> {
  const first = await visitor(browser, base);
  const page = await first.newPage();
  const who = applicant("ruan");
  await signInWorker(page, who);
  await applyForHardshipFile(page, who);
  await page.screenshot({ path: join(out, "worker-received-phone-zh.png") });
  await first.close();
  for (const lang of ["zh", "en"] as const) {
    for (const size of ["phone", "desk"] as const) {
      const suffix = `${size}-${lang}`;
      const stranger = await visitor(browser, base, { lang, size });
      for (const shot of publicShots) await take(stranger, shot, suffix);
      await take(stranger, { name: "worker-sign-in", at: "/w/" }, suffix);
      const signedIn = await stranger.newPage();
      await signInWorker(signedIn, { phone: "13900000001", lang });
      await signedIn.close();
      for (const shot of workerShots) await take(stranger, shot, suffix);
      await stranger.close();
    }
  }
  for (const phone of ["13900000002", "13900000003"]) {
    const other = await visitor(browser, base);
    const opened = await other.newPage();
    await signInWorker(opened, { phone });
    await opened.close();
    await take(other, { name: `worker-home-${phone.slice(-2)}`, at: "/w/" }, "phone-zh");
    await other.close();
  }
  const large = await visitor(browser, base, { largeType: true, size: { width: 360, height: 780 } });
  const opened = await large.newPage();
  await signInWorker(opened, { phone: "13900000001" });
  await opened.close();
  for (const shot of workerShots.filter(({ name }) => /home$|case$|question$/.test(name))) {
    await take(large, shot, "large-zh");
  }
  await large.close();
}

const program = values.url === undefined ? await startProgram() : undefined;
const browser = await launch();
try {
  await takeAll(browser, values.url ?? program?.url ?? "");
} finally {
  await browser.close();
  await program?.stop();
}
