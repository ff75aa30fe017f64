// A moment as people say it ("3 minutes ago"), the exact one in its tooltip. All of them share one clock.
import { useSyncExternalStore } from "react";

import { exactly, relatively } from "./time.ts";

const EVERY_MS = 10_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

export function RelativeTime({ at }: { at: string }) {
  const moment = useSyncExternalStore(subscribe, () => now);
  return (
    <time dateTime={at} title={exactly(at)}>
      {relatively(at, moment)}
    </time>
  );
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) timer = setInterval(tick, EVERY_MS);
  listeners.add(listener);
  now = Date.now();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}
