// Whether the list of keys is shown: the menu and the keyboard both open it.
import { createStore } from "zustand/vanilla";

export const help = createStore<{ isOpen: boolean }>(() => ({ isOpen: false }));

export function openShortcuts(): void {
  help.setState({ isOpen: true });
}
