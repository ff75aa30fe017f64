// Short notices about what has just happened: `toast("Key deleted")`. They leave by themselves; what needs
// an answer is a dialog, and what failed stays where it failed.
import { createStore } from "zustand/vanilla";

export interface Notice {
  id: number;
  text: string;
  tone: "plain" | "danger";
}

const STAYS_MS = 6000;
const MOST = 3;

export const notices = createStore<readonly Notice[]>(() => []);

let lastId = 0;

export function toast(text: string, tone: Notice["tone"] = "plain"): void {
  const id = ++lastId;
  notices.setState((shown) => [...shown, { id, text, tone }].slice(-MOST), true);
  setTimeout(() => dismiss(id), STAYS_MS);
}

export function dismiss(id: number): void {
  notices.setState((shown) => shown.filter((notice) => notice.id !== id), true);
}
