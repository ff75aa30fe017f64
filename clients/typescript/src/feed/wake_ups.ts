// When to look at once whether a feed is still alive: the network has gone or is back, the page is
// shown again, or the machine has slept, which shows as a clock that jumped.

export interface WakeUps {
  /** Calls back at each; returns how to stop that. */
  listen(onWake: () => void): () => void;
}

const LOOK_MS = 2_000;
const JUMP_MS = 10_000;

type Page = Pick<typeof globalThis, "setInterval" | "clearInterval"> &
  Partial<Pick<typeof globalThis, "document" | "addEventListener" | "removeEventListener">>;

/** The wake-ups of a page, or of a program, which has none but its clock. */
export function wakeUpsOf(page: Page, now: () => number): WakeUps {
  return {
    listen(onWake) {
      const stops = [watchPage(page, onWake), watchClock(page, now, onWake)];
      return () => stops.forEach((stop) => stop());
    },
  };
}

function watchPage(page: Page, onWake: () => void): () => void {
  const { document } = page;
  const onShown = (): void => {
    if (document?.visibilityState === "visible") onWake();
  };
  page.addEventListener?.("offline", onWake);
  page.addEventListener?.("online", onWake);
  page.addEventListener?.("pageshow", onWake);
  document?.addEventListener("visibilitychange", onShown);
  return () => {
    page.removeEventListener?.("offline", onWake);
    page.removeEventListener?.("online", onWake);
    page.removeEventListener?.("pageshow", onWake);
    document?.removeEventListener("visibilitychange", onShown);
  };
}

/** Timers stand still while a machine sleeps, and its clock does not. */
function watchClock(page: Page, now: () => number, onWake: () => void): () => void {
  let last = now();
  const timer = page.setInterval(() => {
    const jumped = now() - last > LOOK_MS + JUMP_MS;
    last = now();
    if (jumped) onWake();
  }, LOOK_MS);
  return () => page.clearInterval(timer);
}

/** Something that rings, and those who wait for it. */
export class Alarm {
  readonly #waiting = new Set<() => void>();
  #rings = 0;

  /** How often it has rung. */
  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Resolves at the next ring; one that is aborted is forgotten, and never settles. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      signal.addEventListener("abort", () => this.#waiting.delete(resolve), { once: true });
    });
  }
}
