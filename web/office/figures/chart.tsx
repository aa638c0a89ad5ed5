import { BarChart, LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type ReactNode, useEffect, useRef } from "react";
import { useTheme } from "../frame/theme.tsx";

echarts.use([BarChart, LineChart, GridComponent, SVGRenderer]);

/** One point or bar: its name, its value, how the value is written. */
export interface Mark {
  readonly name: string;
  /** Null leaves a gap. */
  readonly value: number | null;
  readonly words: string;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A box in which a chart is drawn, anew whenever `key` changes. */
function useChart(option: () => echarts.EChartsCoreOption, key: string) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(option);
  latest.current = option;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for all the drawing depends on.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const chart = echarts.init(element, undefined, { renderer: "svg" });
    chart.setOption(latest.current());
    const watcher = new ResizeObserver(() => chart.resize());
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [key]);
  return box;
}

interface Common {
  readonly label: string;
  readonly of: readonly Mark[];
  readonly height: number;
}

const fontSize = 12;

function font() {
  return { fontFamily: getComputedStyle(document.body).fontFamily, fontSize };
}

/** Pixels a name takes, near enough: a Chinese character is as wide as it is high. */
function widthOf(name: string): number {
  return [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? fontSize : fontSize * 0.68), 0);
}

/** Whether no line leads to or from a point, so that it shows only as a dot. */
function isAlone(of: readonly Mark[], index: number): boolean {
  return (of[index - 1]?.value ?? null) === null && (of[index + 1]?.value ?? null) === null;
}

/** A trend: one line from zero, months on the axis, the last value written at its end. */
export function Trend(props: Common & { readonly axis?: boolean }): ReactNode {
  const { dark } = useTheme();
  const { of, axis = false } = props;
  const box = useChart(
    () => {
      const last = of.length - 1;
      return {
        animation: false,
        grid: { left: axis ? 8 : 2, right: axis ? 56 : 8, top: 14, bottom: 4, containLabel: true },
        xAxis: {
          type: "category",
          data: of.map(({ name }) => name),
          boundaryGap: false,
          axisTick: { show: false },
          axisLine: { lineStyle: { color: colour("--line-2") } },
          axisLabel: {
            ...font(),
            color: colour("--ink-2"),
            hideOverlap: true,
            ...(axis ? {} : { interval: (index: number) => index === 0 || index === last }),
            alignMinLabel: "left",
            alignMaxLabel: "right",
          },
        },
        yAxis: {
          type: "value",
          min: 0,
          minInterval: 1,
          show: axis,
          axisLabel: { ...font(), color: colour("--ink-2") },
          splitLine: { lineStyle: { color: colour("--line") } },
        },
        series: [
          {
            type: "line",
            data: of.map(({ value }, index) => ({
              value,
              symbolSize: index === last ? 6 : isAlone(of, index) ? 4 : 0,
              label: {
                show: axis && index === last,
                position: "right",
                formatter: of[index]?.words ?? "",
                color: colour("--ink"),
                ...font(),
              },
            })),
            symbol: "circle",
            showAllSymbol: true,
            lineStyle: { width: 2, color: colour("--chart") },
            itemStyle: { color: colour("--chart") },
            areaStyle: { color: colour("--chart"), opacity: 0.08 },
          },
        ],
      };
    },
    JSON.stringify([of, dark, axis]),
  );
  return <div ref={box} role="img" aria-label={spokenOf(props)} style={{ height: props.height }} />;
}

/** Bars from zero, each with its name and its value written beside it; the longest in the one hue, the rest grey. */
export function Bars(props: Common): ReactNode {
  const { dark } = useTheme();
  const { of } = props;
  const largest = of.reduce(
    (best, { value }, index) => ((value ?? 0) > (of[best]?.value ?? 0) ? index : best),
    0,
  );
  const room = Math.min(168, Math.max(0, ...of.map(({ name }) => widthOf(name)))) + 12;
  const box = useChart(
    () => ({
      animation: false,
      grid: { left: room, right: 88, top: 0, bottom: 0 },
      xAxis: { type: "value", min: 0, show: false },
      yAxis: {
        type: "category",
        inverse: true,
        data: of.map(({ name }) => name),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { ...font(), color: colour("--ink"), width: room - 10, overflow: "truncate", margin: 10 },
      },
      series: [
        {
          type: "bar",
          barMaxWidth: 16,
          barCategoryGap: "30%",
          data: of.map(({ value, words }, index) => ({
            value,
            itemStyle: {
              borderRadius: [0, 2, 2, 0],
              color: colour(index === largest ? "--chart" : "--line-2"),
            },
            label: { show: true, position: "right", formatter: words, color: colour("--ink"), ...font() },
          })),
        },
      ],
    }),
    JSON.stringify([of, dark]),
  );
  return <div ref={box} role="img" aria-label={spokenOf(props)} style={{ height: props.height }} />;
}

/** The chart in words, for those who cannot see it. */
function spokenOf({ label, of }: Common): string {
  return `${label}: ${of.map(({ name, words }) => `${name} ${words}`).join("; ")}`;
}
