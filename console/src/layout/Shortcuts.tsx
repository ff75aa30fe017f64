// Listens for the keys that work anywhere. The list of them is fetched when somebody wants to see it.
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useStore } from "zustand";

import { useUser } from "../useUser.ts";
import { ACCOUNT, ADMINISTRATION, DAILY, type Destination, OTHERS } from "./destinations.ts";
import { help, openShortcuts } from "./help.ts";
import { isTaken, type Stroke, StrokeReader } from "./shortcuts.ts";

const ShortcutsDialog = lazy(async () => ({
  default: (await import("./ShortcutsDialog.tsx")).ShortcutsDialog,
}));

/** The keys of who is at home in the console: `g` leads to its pages as well. */
export function Shortcuts() {
  const isAdmin = useUser()?.is_admin ?? false;
  const places = useMemo(
    () => [...DAILY, ...OTHERS, ...(isAdmin ? ADMINISTRATION : []), ACCOUNT],
    [isAdmin],
  );
  return <ShortcutsTo places={places} />;
}

export function ShortcutsTo({ places }: { places: readonly Destination[] }) {
  const { isOpen } = useStore(help);
  useStrokes(places);
  return (
    isOpen && (
      <Suspense>
        <ShortcutsDialog places={places} />
      </Suspense>
    )
  );
}

function useStrokes(places: readonly Destination[]): void {
  const navigate = useNavigate();
  useEffect(() => {
    const reader = new StrokeReader();
    const go = (key: string) => {
      const found = places.find((place) => place.key === key);
      if (found !== undefined) void navigate({ to: found.to });
    };
    const listen = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      const stroke = reader.read(event.key, event.timeStamp);
      if (stroke !== undefined) event.preventDefault();
      perform(stroke, go);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [navigate, places]);
}

function perform(stroke: Stroke | undefined, go: (key: string) => void): void {
  if (stroke?.kind === "help") openShortcuts();
  if (stroke?.kind === "go") go(stroke.key);
  if (stroke?.kind === "search") document.querySelector<HTMLElement>('[type="search"]')?.focus();
}
