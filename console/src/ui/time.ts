// Moments and lengths of time in words.
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** "3 minutes ago", "in 2 hours", "just now". */
export function relatively(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const found = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  if (found === undefined) return seconds > 5 ? "in a moment" : "just now";
  return relative.format(nearest(seconds / found[1]), found[0]);
}

/** What has been counts once it is whole; what comes is said as it was promised. */
function nearest(count: number): number {
  return count < 0 ? Math.trunc(count) : Math.round(count);
}

/** "23 Nov 2026, 15:24:22", in the zone of whoever looks. */
export function exactly(at: string): string {
  return exact.format(Date.parse(at));
}

/** "40 ms", "0.4 s", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h". */
export function lengthOf(seconds: number): string {
  if (seconds > 0 && seconds < 0.1) return `${String(Math.max(1, Math.round(seconds * 1000)))} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${String(Math.round(seconds))} s`;
  if (seconds < 3600) return pair(seconds, 60, "min", 1, "s");
  if (seconds < 86_400) return pair(seconds, 3600, "h", 60, "min");
  return pair(seconds, 86_400, "d", 3600, "h");
}

function pair(seconds: number, big: number, bigWord: string, small: number, word: string): string {
  const whole = Math.floor(seconds / big);
  const rest = Math.floor((seconds - whole * big) / small);
  return rest === 0
    ? `${String(whole)} ${bigWord}`
    : `${String(whole)} ${bigWord} ${String(rest)} ${word}`;
}
