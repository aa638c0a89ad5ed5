import type { BrowserContext, Page } from "playwright-core";
import { settled, troubles, visitor } from "./browser.ts";

/** What officers do at the desk, by role and label. */

export const trialPassword = "zhijia-trial-2026";

interface Desk {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly trouble: readonly string[];
}

type Program = { readonly url: string; readonly browser: Parameters<typeof visitor>[0] };

/** A desk at which nobody has signed in. */
export async function emptyDesk(
  program: Program,
  opening: Parameters<typeof visitor>[2] = {},
): Promise<Desk> {
  const context = await visitor(program.browser, program.url, { size: "desk", ...opening });
  const page = await context.newPage();
  return { page, context, trouble: troubles(page) };
}

/** A desk at which an officer of the fictitious federation sits. */
export async function deskOf(
  program: Program,
  login: string,
  opening: Parameters<typeof visitor>[2] = {},
): Promise<Desk> {
  const desk = await emptyDesk(program, opening);
  const answer = await desk.page.request.post("/api/session", {
    data: { login, password: trialPassword, code: "000000" },
  });
  if (!answer.ok()) throw new Error(`${login} cannot sign in: ${await answer.text()}`);
  return desk;
}

/** Opens a page of the desk and waits until it stands. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("navigation", { name: /主菜单|Main menu/ }).waitFor();
  await settled(page);
}

/** Takes an action of a case or batch: the button at the foot, what it asks, and the confirmation. */
export async function take(
  page: Page,
  title: string,
  fill: (dialog: ReturnType<Page["getByRole"]>) => Promise<void> = async () => {},
): Promise<void> {
  await page
    .getByRole("region", { name: /可办的动作|What can be done/ })
    .getByRole("button", { name: title, exact: true })
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await fill(dialog);
  await dialog.getByRole("button", { name: `确定${title}` }).click();
  await dialog.waitFor({ state: "detached" });
}
