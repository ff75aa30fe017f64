// Asks before a page is left on which something has not been saved.
import { useBlocker } from "@tanstack/react-router";

export function useLeaving(hasUnsaved: boolean): void {
  useBlocker({
    shouldBlockFn: () => hasUnsaved && !globalThis.confirm("Leave without saving your changes?"),
    enableBeforeUnload: hasUnsaved,
  });
}
