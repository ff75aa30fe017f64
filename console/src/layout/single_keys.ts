// Whether keys without Ctrl, Alt or Meta do anything: who dictates, or hits keys by accident, turns them
// off for this browser.
import { createStore } from "zustand/vanilla";

const PLACE = "runcast.single-keys";
const OFF = "off";

export const singleKeys = createStore<boolean>(() => readChoice());

export function chooseSingleKeys(isOn: boolean): void {
  try {
    if (isOn) localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, OFF);
  } catch {
    // A browser that keeps nothing obeys until the page is left.
  }
  singleKeys.setState(isOn, true);
}

function readChoice(): boolean {
  try {
    return localStorage.getItem(PLACE) !== OFF;
  } catch {
    return true;
  }
}
