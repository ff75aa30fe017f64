// Keeps a button that is being pressed below the pointer. Pressing it takes the focus from a field, whose
// complaint then comes or goes; were the button to move with it, the browser would see no click.
import type { PointerEvent } from "react";

/** For a form's `onPointerDownCapture`. */
export function holdStill(event: PointerEvent<HTMLFormElement>): void {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button?.type !== "submit") return;
  const { left, top } = button.getBoundingClientRect();
  const watching = new MutationObserver(() => {
    button.style.translate = "none";
    const moved = button.getBoundingClientRect();
    button.style.translate = `${left - moved.left}px ${top - moved.top}px`;
  });
  watching.observe(event.currentTarget, { childList: true, characterData: true, subtree: true });
  const released = new AbortController();
  const letGo = () => {
    released.abort();
    watching.disconnect();
    // The click comes in the same breath, after the release.
    setTimeout(() => button.style.removeProperty("translate"));
  };
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, letGo, { signal: released.signal, capture: true });
  }
}
