// Takes the focus to the heading when one comes from another page or step, so that screen readers tell
// where one is, and the keyboard goes on from there.
import { useMatch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

let lastPlace: string | undefined;

/** For the heading; `step` tells apart what one path shows one after the other. */
export function useArrival(step = "") {
  const ref = useRef<HTMLHeadingElement>(null);
  // The match's own path, and not the location's: that changes while the page before still stands.
  const path = useMatch({ strict: false, select: (match) => match.pathname });
  const place = `${path} ${step}`;
  useEffect(() => {
    const isArrival = lastPlace !== undefined && lastPlace !== place;
    lastPlace = place;
    if (isArrival && !isInField(document.activeElement)) ref.current?.focus();
  }, [place]);
  return ref;
}

/** A page that puts the focus into its first field has said where it belongs. */
function isInField(element: Element | null): boolean {
  return element instanceof HTMLInputElement && element.closest("main") !== null;
}
