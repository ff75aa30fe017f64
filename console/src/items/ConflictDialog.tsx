// Somebody else saved first: what differs, and whose is to stand.
import type { Item, ItemBody } from "runcast";

import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { differences } from "./differences.ts";
import styles from "./Items.module.css";

export interface ConflictDialogProps {
  mine: ItemBody;
  theirs: Item;
  /** Saves one's own over theirs. */
  onKeep: () => void;
  /** Drops one's own. */
  onTake: () => void;
  onClose: () => void;
}

export function ConflictDialog({ mine, theirs, onKeep, onTake, onClose }: ConflictDialogProps) {
  return (
    <Dialog
      title="Somebody else changed this first"
      isOpen
      wide
      onOpenChange={onClose}
      actions={
        <>
          <Button onPress={onClose}>Go on editing</Button>
          <Button onPress={onTake}>Take theirs</Button>
          <Button tone="danger" onPress={onKeep}>
            Save mine over theirs
          </Button>
        </>
      }
    >
      <p>
        It was saved <RelativeTime at={theirs.updated_at} />, after you opened it. Nothing of yours
        is saved yet. This is where the two differ:
      </p>
      <table className={styles["differences"]}>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Yours</th>
            <th scope="col">Theirs</th>
          </tr>
        </thead>
        <tbody>
          {differences(mine, shown(theirs)).map(({ path, mine: ours, theirs: others }) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td>{words(ours)}</td>
              <td>{words(others)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

function shown({ name, handler, visibility, metadata }: Item): ItemBody {
  return { name, handler, visibility, metadata };
}

function words(value: unknown): string {
  return value === undefined ? "(not there)" : JSON.stringify(value);
}
