// Listens for the keys that work anywhere, and shows them all on `?`.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

import { Dialog } from "../ui/Dialog.tsx";
import { ACCOUNT, ADMINISTRATION, DAILY, type Destination, OTHERS } from "./destinations.ts";
import { isTaken, type Stroke, StrokeReader } from "./shortcuts.ts";
import styles from "./Shortcuts.module.css";
import { useUser } from "./useUser.ts";

const help = createStore<{ isOpen: boolean }>(() => ({ isOpen: false }));

export function openShortcuts(): void {
  help.setState({ isOpen: true });
}

export function Shortcuts() {
  const user = useUser();
  const places = [...DAILY, ...OTHERS, ...(user?.is_admin ? ADMINISTRATION : []), ACCOUNT];
  const { isOpen } = useStore(help);
  useStrokes(places);
  return (
    <Dialog
      title="Keyboard shortcuts"
      isOpen={isOpen}
      onOpenChange={(open) => help.setState({ isOpen: open })}
    >
      <dl className={styles["keys"]}>
        <Keys keys={["?"]} does="Show this list" />
        <Keys keys={["/"]} does="Go to the search of the page" />
        {places.map(({ key, label }) => (
          <Keys key={key} keys={["g", key]} does={`Go to ${label.toLowerCase()}`} />
        ))}
      </dl>
    </Dialog>
  );
}

function Keys({ keys, does }: { keys: readonly string[]; does: string }) {
  return (
    <>
      <dt>{does}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key} className={styles["key"]}>
            {key}
          </kbd>
        ))}
      </dd>
    </>
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
