import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

/** A person without a mouse: Tab, Enter, Space, arrows and Escape, with every stop of the focus looked at. */

/** Where the focus is, and what is wrong with how it shows. */
interface Stop {
  readonly what: string;
  readonly fault: string | undefined;
}

/** Run in the page: names what holds the focus, and says when nobody could see that it does. */
async function lookAtFocus(): Promise<Stop> {
  // Where motion is reduced a style still takes a frame to come, and one to go.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const at = document.activeElement as HTMLElement | null;
  if (!at || at === document.body) return { what: "(nothing)", fault: undefined };
  const name =
    at.getAttribute("aria-label") || at.textContent?.trim().slice(0, 40) || at.getAttribute("name") || at.id;
  const what = `${at.tagName.toLowerCase()} 「${name}」`;
  // A control that is drawn by its label shows the focus there.
  const drawn = [at, at.parentElement, at.closest("label"), at.closest("[data-row]")].filter(
    (one): one is HTMLElement => one !== null,
  );
  const outlined = drawn.find((one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
  });
  // A heading, a page or a dialog is brought under the eyes by moving there; it is no control.
  if (at.tabIndex < 0 || at.tagName === "DIALOG") return { what, fault: undefined };
  if (!outlined) return { what, fault: `${what} shows no focus` };
  const box = outlined.getBoundingClientRect();
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  if (right - left < 4 || bottom - top < 4) return { what, fault: `${what} is out of sight` };
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const seen = over !== null && (outlined.contains(over) || over.contains(outlined));
  return { what, fault: seen ? undefined : `${what} is hidden under ${over?.className || over?.tagName}` };
}

/** Keys for a page. `faults` gathers what was wrong at any stop; a test ends by finding it empty. */
export function keysOf(page: Page) {
  const faults = new Set<string>();
  const look = async (): Promise<string> => {
    const { what, fault } = await page.evaluate(lookAtFocus);
    if (fault) faults.add(`${new URL(page.url()).pathname}: ${fault}`);
    return what;
  };
  const holds = (target: Locator): Promise<boolean> =>
    target.evaluate((one) => one === document.activeElement).catch(() => false);
  const press = async (key: string): Promise<void> => {
    await page.keyboard.press(key);
  };
  /** Tab until the target holds the focus; a page in which it never comes there is a trap or a gap. */
  const to = async (target: Locator, key = "Tab"): Promise<void> => {
    await target.waitFor({ state: "attached" });
    const stops: string[] = [];
    for (let count = 0; count < 150; count++) {
      if (count > 0 || !(await holds(target))) {
        await press(key);
        stops.push(await look());
      }
      if (await holds(target)) return;
    }
    assert.fail(`Tab never came to ${target}: ${stops.slice(-40).join(" → ")}`);
  };
  const enter = async (target: Locator): Promise<void> => {
    await to(target);
    await press("Enter");
  };
  return {
    faults,
    press,
    to,
    /** Tab to a button or link, and Enter. */
    enter,
    /** Tab to a field and type into it, in place of what stood there. */
    async write(target: Locator, text: string): Promise<void> {
      await to(target);
      await press("ControlOrMeta+a");
      await page.keyboard.type(text);
    },
    /** Tab into a group of radios, arrows to the one. */
    async choose(target: Locator): Promise<void> {
      await target.waitFor({ state: "attached" });
      const name = await target.getAttribute("name");
      const group = page.locator(`input[name="${name}"]`);
      const size = await group.count();
      const within = (): Promise<boolean> =>
        page.evaluate((own) => document.activeElement?.getAttribute("name") === own, name);
      for (let count = 0; count < 150 && !(await within()); count++) {
        await press("Tab");
        await look();
      }
      await press("Space");
      for (let count = 0; count < size && !(await target.isChecked()); count++) {
        await press("ArrowDown");
        await look();
      }
      assert.ok(await target.isChecked(), `arrows never came to ${target}`);
    },
    /** Tab to a box and Space. */
    async check(target: Locator): Promise<void> {
      await to(target);
      await press("Space");
    },
    /** The focus is where it should be by itself: after a dialog, after a refusal. */
    async stands(target: Locator, why: string): Promise<void> {
      const until = Date.now() + 3_000;
      while (!(await holds(target))) {
        if (Date.now() > until)
          assert.fail(`${why}: the focus is on ${(await page.evaluate(lookAtFocus)).what}`);
        await page.waitForTimeout(50);
      }
      await look();
    },
    /** The focus is somewhere inside, and not lost. */
    async within(target: Locator, why: string): Promise<void> {
      const until = Date.now() + 3_000;
      while (!(await target.evaluate((one) => one.contains(document.activeElement)).catch(() => false))) {
        if (Date.now() > until)
          assert.fail(`${why}: the focus is on ${(await page.evaluate(lookAtFocus)).what}`);
        await page.waitForTimeout(50);
      }
    },
  };
}

export type Keys = ReturnType<typeof keysOf>;
