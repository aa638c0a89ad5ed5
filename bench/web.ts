import { ensureWebBuilt } from "../scripts/build-web.ts";
import { launch, settled, visitor } from "../test/browser/browser.ts";
import { type Bench, figure } from "./figure.ts";
import { emptyGround } from "./ground.ts";
import { startProgram } from "./program.ts";

/** Lighthouse's slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms; and a processor a quarter as fast. */
const slow4g = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
};
const faces = [
  { face: "worker", path: "/w", size: "phone" },
  { face: "office", path: "/o", size: "desk" },
  { face: "public", path: "/", size: "phone" },
] as const;

/** Gzipped JavaScript of each face's first page, and its largest contentful paint in a real browser on a slow phone. */
export const bench: Bench = async function* ({ seed }, say) {
  const { weights } = await ensureWebBuilt({ say });
  for (const { face, bytes, budget } of weights) {
    yield figure({
      bench: "web",
      metric: `JavaScript of the ${face}'s first page, gzipped`,
      value: bytes / 1024,
      unit: "KiB",
      reference: "the bar",
      referenceValue: budget / 1024,
      seed,
    });
  }
  const ground = await emptyGround("web");
  await ground.close();
  const program = await startProgram(ground.folder, { ZHIJIA_DEMO: "on", ZHIJIA_FACES: "on" });
  const browser = await launch();
  try {
    for (const { face, path, size } of faces) {
      const times: number[] = [];
      for (let run = 0; run < 3; run++) {
        const context = await visitor(browser, program.url, { size });
        const page = await context.newPage();
        const devtools = await context.newCDPSession(page);
        await devtools.send("Network.enable");
        await devtools.send("Network.emulateNetworkConditions", slow4g);
        await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
        await page.addInitScript(() => {
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) (globalThis as { lcp?: number }).lcp = entry.startTime;
          }).observe({ type: "largest-contentful-paint", buffered: true });
        });
        await page.goto(path);
        await settled(page);
        times.push(await page.evaluate(() => (globalThis as { lcp?: number }).lcp ?? Number.NaN));
        await context.close();
      }
      yield figure({
        bench: "web",
        metric: `largest contentful paint of the ${face}'s first page, 4× slower CPU, slow 4G`,
        value: times.toSorted((one, other) => one - other)[1]!,
        unit: "ms",
        reference: "a good page",
        referenceValue: 2500,
        seed,
      });
    }
  } finally {
    await browser.close();
    await program.stop();
  }
};
