// Whether the screen is so narrow that the navigation is a bar at its foot.
import { useSyncExternalStore } from "react";

const narrow = globalThis.matchMedia("(width < 48rem)");

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}

function subscribe(listener: () => void): () => void {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}
