/**
 * How many requests a minute one caller may make of one thing. Kept in memory, per process: it slows
 * down a flood; what must hold across processes (sign-in failures, codes sent) is counted in the
 * database by its own module.
 */
export interface Limiter {
  /** Seconds to wait, or 0 when the request may go on. Counts the request. */
  readonly take: (key: string, perMinute: number, nowMs: number) => number;
}

interface Window {
  since: number;
  count: number;
}

/** Keys kept before the oldest windows are swept. */
const keysMax = 100_000;

/** A sliding-window counter: the last window counts in proportion to how much of it is still in sight. */
export function newLimiter(): Limiter {
  const windows = new Map<string, Window & { before: number }>();
  return {
    take(key, perMinute, nowMs) {
      let window = windows.get(key);
      if (!window || nowMs - window.since >= 120_000) {
        if (windows.size >= keysMax) sweep(windows, nowMs);
        window = { since: nowMs, count: 0, before: 0 };
        windows.set(key, window);
      } else if (nowMs - window.since >= 60_000) {
        window.before = window.count;
        window.count = 0;
        window.since += 60_000;
      }
      const share = 1 - (nowMs - window.since) / 60_000;
      if (window.before * share + window.count >= perMinute) {
        return Math.max(1, Math.ceil((window.since + 60_000 - nowMs) / 1000));
      }
      window.count++;
      return 0;
    },
  };
}

function sweep(windows: Map<string, Window>, nowMs: number): void {
  for (const [key, window] of windows) if (nowMs - window.since >= 60_000) windows.delete(key);
  // Still full: the oldest go first, so that a flood of new keys does not wipe the count of those before.
  let over = windows.size - keysMax + keysMax / 10;
  for (const key of windows.keys()) {
    if (over-- <= 0) break;
    windows.delete(key);
  }
}
