// The list of all keys: those that work anywhere, and those of the log of an execution; and the switch of
// those that are single.
import { useStore } from "zustand";

import { Dialog } from "../ui/Dialog.tsx";
import { Switch } from "../ui/Switch.tsx";
import type { Destination } from "./destinations.ts";
import { help } from "./help.ts";
import styles from "./Shortcuts.module.css";
import { chooseSingleKeys, singleKeys } from "./single_keys.ts";

export function ShortcutsDialog({ places }: { places: readonly Destination[] }) {
  return (
    <Dialog title="Keyboard shortcuts" isOpen onOpenChange={(isOpen) => help.setState({ isOpen })}>
      <Switch isSelected={useStore(singleKeys)} onChange={chooseSingleKeys}>
        Single-key shortcuts
      </Switch>
      <dl className={styles["keys"]}>
        <Keys keys={["?"]} does="Show this list" />
        <Keys keys={["/"]} does="Go to the search of the page" />
        {places.map(({ key, label }) => (
          <Keys key={key} keys={["g", key]} does={`Go to ${label.toLowerCase()}`} />
        ))}
      </dl>
      <h3>In the log of an execution</h3>
      <dl className={styles["keys"]}>
        <Keys keys={["f"]} does="Follow the end, or stop" />
        <Keys keys={["End"]} does="Go to the end and follow it" />
        <Keys keys={["Enter"]} does="Go from the search to the next match" />
        <Keys keys={["Shift", "Enter"]} does="Go to the match before" />
        <Keys keys={["Esc"]} does="Clear the search" />
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
