// The theme that a person chose for this browser: light, dark, or what the system says.
import { createStore } from "zustand/vanilla";

export type Theme = "system" | "light" | "dark";

const PLACE = "runcast.theme";

export const theme = createStore<Theme>(() => readTheme());

export function chooseTheme(chosen: Theme): void {
  try {
    localStorage.setItem(PLACE, chosen);
  } catch {
    // A browser that keeps nothing still shows the theme until the page is left.
  }
  theme.setState(chosen, true);
  applyTheme();
}

export function applyTheme(): void {
  const chosen = theme.getState();
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(PLACE);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}
