/**
 * Draws the figures of the last full run (`bench/results.json`) as the pictures of docs/performance.md: how much of a bare
 * program's speed is kept, and how much of each limit is used. `node bench/charts.ts`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BarChart, ScatterChart } from "echarts/charts";
import { GridComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { barOf } from "./bars.ts";
import type { Figure } from "./figure.ts";

use([BarChart, ScatterChart, GridComponent, TitleComponent, SVGRenderer]);

const folder = join(import.meta.dirname, "..", "docs", "performance");
const { figures } = JSON.parse(readFileSync(join(import.meta.dirname, "results.json"), "utf8")) as {
  readonly figures: readonly Figure[];
};
mkdirSync(folder, { recursive: true });

interface Line {
  readonly name: string;
  /** The found share and the bar, both as a part of one. */
  readonly share: number;
  readonly bar: number;
}

const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** One of the many figures against a tenth of the members: the slowest of each level stands for them. */
const isOneOfMany = ({ bench, metric }: Figure): boolean =>
  bench === "figures" && !/^slowest of|waiting$/.test(metric);

const lines = (is: "least" | "most"): readonly Line[] =>
  figures.flatMap((one) => {
    const bar = barOf(one);
    const found = bar?.of === "value" ? one.value : one.ratio;
    // Of what there may be none there is no part to draw; a number a second has no bare program beside it.
    if (bar === null || found === null || bar.is !== is || bar.at === 0 || isOneOfMany(one)) return [];
    if (is === "least" && bar.of === "value") return [];
    const rows = one.rows === null ? "" : `, ${short.format(one.rows)}`;
    return [{ name: `${one.bench}${rows}: ${one.metric}`, share: found, bar: bar.at }];
  });

draw(
  "kept.svg",
  "Speed beside a bare program with the same statements (1 = as fast; the line is the bar)",
  lines("least"),
);
draw(
  "used.svg",
  "Part of each limit that is used (1 = all of it)",
  lines("most").map((one) => ({ ...one, share: one.share / one.bar, bar: 1 })),
);

function draw(file: string, title: string, rows: readonly Line[]): void {
  const height = 90 + rows.length * 26;
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 960, height });
  const shown = rows.toReversed();
  chart.setOption({
    backgroundColor: "#ffffff",
    animation: false,
    textStyle: { fontFamily: "PingFang SC, Microsoft YaHei, Noto Sans SC, sans-serif" },
    title: { text: title, left: 8, top: 8, textStyle: { fontSize: 14, fontWeight: 600, color: "#1F2328" } },
    grid: { left: 440, right: 60, top: 48, bottom: 30 },
    xAxis: { type: "value", min: 0, splitLine: { lineStyle: { color: "#E3E5E8" } } },
    yAxis: {
      type: "category",
      data: shown.map((one) => one.name),
      axisTick: { show: false },
      axisLabel: { width: 420, overflow: "truncate", color: "#1F2328" },
    },
    series: [
      {
        type: "bar",
        barWidth: 14,
        data: shown.map((one) => Number(one.share.toFixed(2))),
        itemStyle: { color: "#5B6B7B" },
        label: { show: true, position: "right", color: "#1F2328" },
      },
      {
        type: "scatter",
        symbol: "rect",
        symbolSize: [2, 20],
        silent: true,
        itemStyle: { color: "#B42318" },
        data: shown.map((one, index) => [one.bar, index]),
      },
    ],
  });
  writeFileSync(join(folder, file), `${chart.renderToSVGString()}\n`);
  chart.dispose();
}
