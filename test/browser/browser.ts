/**
 * A real browser for tests and screenshots, all of it from packages: Chromium, the libraries it wants
 * and a Chinese font are unpacked once into .cache/. Nothing of the system is needed, root is fine.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, "../..");

/** The two sizes every page is looked at. */
export const sizes = {
  phone: { width: 390, height: 844 },
  desk: { width: 1440, height: 900 },
} as const;

/** The files of a plain tar archive: enough for the few that the browser package holds. */
function untar(archive: Buffer): { readonly name: string; readonly mode: number; readonly bytes: Buffer }[] {
  const files: { name: string; mode: number; bytes: Buffer }[] = [];
  for (let at = 0; at + 512 <= archive.length; ) {
    const head = archive.subarray(at, at + 512);
    const text = (from: number, length: number): string =>
      head
        .subarray(from, from + length)
        .toString("latin1")
        .replace(/\0.*$/s, "")
        .trim();
    const name = text(0, 100);
    if (name === "") break;
    const size = Number.parseInt(text(124, 12) || "0", 8);
    const type = text(156, 1);
    if (type === "0" || type === "") {
      files.push({
        name,
        mode: Number.parseInt(text(100, 8), 8),
        bytes: archive.subarray(at + 512, at + 512 + size),
      });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** Unpacks the browser once and says where it is; safe when several test files start together. */
function unpack(): { readonly program: string; readonly home: string } {
  const pack = dirname(dirname(dirname(require.resolve("@sparticuz/chromium"))));
  const fonts = dirname(require.resolve("@expo-google-fonts/noto-sans-sc/package.json"));
  const { version } = JSON.parse(readFileSync(join(pack, "package.json"), "utf8")) as { version: string };
  const mark = createHash("sha256").update(`${version} ${readFileSync(import.meta.filename, "utf8")}`);
  const home = join(root, ".cache", `browser-${mark.digest("hex").slice(0, 12)}`);
  const program = join(home, "chromium");
  if (existsSync(program)) return { program, home };
  const part = `${home}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  const unbrotli = (name: string): Buffer => brotliDecompressSync(readFileSync(join(pack, "bin", name)));
  writeFileSync(join(part, "chromium"), unbrotli("chromium.br"), { mode: 0o755 });
  for (const name of ["al2023.tar.br", "swiftshader.tar.br", "fonts.tar.br"]) {
    for (const file of untar(unbrotli(name))) {
      const path = join(part, file.name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.bytes, { mode: file.mode });
    }
  }
  const faces = ["400Regular", "500Medium", "600SemiBold", "700Bold"].map(
    (face) => `  <dir>${join(fonts, face)}</dir>`,
  );
  const prefer = ["sans-serif", "system-ui", "PingFang SC", "monospace"].map(
    (family) =>
      `  <match target="pattern"><test name="family"><string>${family}</string></test>` +
      `<edit name="family" mode="prepend" binding="strong"><string>Noto Sans SC</string></edit></match>`,
  );
  writeFileSync(
    join(part, "fonts.conf"),
    [
      '<?xml version="1.0"?>',
      '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
      "<fontconfig>",
      ...faces,
      `  <dir>${join(home, "fonts")}</dir>`,
      `  <cachedir>${join(home, "font-cache")}</cachedir>`,
      ...prefer,
      "</fontconfig>",
      "",
    ].join("\n"),
  );
  try {
    renameSync(part, home);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(program)) throw error;
  }
  return { program, home };
}

/** Starts the browser. Close it when done; a test that leaves it running fails. */
export async function launch(): Promise<Browser> {
  const { program, home } = unpack();
  return chromium.launch({
    executablePath: program,
    args: [
      "--no-sandbox",
      "--no-zygote",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--font-render-hinting=none",
      "--disable-features=IsolateOrigins,site-per-process,Translate",
    ],
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      LD_LIBRARY_PATH: [join(home, "lib"), home, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
      FONTCONFIG_FILE: join(home, "fonts.conf"),
      FONTCONFIG_PATH: home,
      TZ: "Asia/Shanghai",
    },
  });
}

/** How a page of a face is opened. */
export interface Opening {
  readonly lang?: "zh" | "en";
  readonly size?: keyof typeof sizes | { readonly width: number; readonly height: number };
  readonly largeType?: boolean;
  readonly dark?: boolean;
  /** Pixels per point in screenshots. 1. */
  readonly scale?: number;
}

/** A fresh visitor (own cookies) of the server at `base`; `context.newPage()` gives further tabs. */
export async function visitor(
  browser: Browser,
  base: string,
  opening: Opening = {},
): Promise<BrowserContext> {
  const size = typeof opening.size === "object" ? opening.size : sizes[opening.size ?? "phone"];
  const options: BrowserContextOptions = {
    baseURL: base,
    viewport: { ...size },
    deviceScaleFactor: opening.scale ?? 1,
    locale: opening.lang === "en" ? "en-GB" : "zh-CN",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    colorScheme: opening.dark ? "dark" : "light",
    hasTouch: size.width < 600,
    serviceWorkers: "block",
  };
  const context = await browser.newContext(options);
  await context.addInitScript(
    ([lang, large]) => {
      try {
        if (!localStorage.getItem("zhijia.lang")) localStorage.setItem("zhijia.lang", lang ?? "zh");
        if (large === "1") localStorage.setItem("zhijia.large", "1");
      } catch {
        // about:blank keeps nothing.
      }
    },
    [opening.lang ?? "zh", opening.largeType ? "1" : "0"],
  );
  context.setDefaultTimeout(15_000);
  return context;
}

/** What the page wrote to its console as errors, and what it threw; a test ends by finding this empty. */
export function troubles(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(`${error.name}: ${error.message}`));
  page.on("console", (message) => {
    // A refused request is the server's answer, which pages show; the browser logs it all the same.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      found.push(message.text());
    }
  });
  return found;
}

/** The rules of WCAG 2.2 AA that the page breaks, one line each: rule, why, where. */
export async function axe(page: Page, within?: string): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    // Through the debugger, not a script element: the page's content policy stands.
    await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  }
  const look = () => violations(page, within);
  const found = await look();
  // Colours that pass from one theme to the other while they are read are looked at once they stand.
  if (!found.some((one) => one.startsWith("color-contrast"))) return found;
  await page.waitForTimeout(500);
  return look();
}

async function violations(page: Page, within: string | undefined): Promise<string[]> {
  const found = await page.evaluate(async (root) => {
    const runner = (
      globalThis as unknown as { axe: { run(root: unknown, options: unknown): Promise<AxeResult> } }
    ).axe;
    return runner.run(root ?? document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    });
  }, within ?? null);
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help} at ${target.join(" ")} (${failureSummary ?? ""})`,
    ),
  );
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
  }[];
}

/** Waits until nothing is loading: no skeletons, no open requests but the event stream. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("domcontentloaded");
  await page.locator("#face > *").first().waitFor({ state: "attached" });
  await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
