// The list that a select and a combo box open: options with a tick and, where there is one, a note.
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";

import { CheckIcon } from "./icons.tsx";
import lists from "./List.module.css";
import type { Choice } from "./RadioGroup.tsx";

export function Options({ choices, none }: { choices: readonly Choice[]; none?: string }) {
  return (
    <ListBox
      items={choices}
      className={lists["list"] ?? ""}
      renderEmptyState={() => <div className={lists["none"]}>{none ?? "Nothing to choose."}</div>}
    >
      {(choice) => (
        <ListBoxItem id={choice.id} textValue={choice.label} className={lists["option"] ?? ""}>
          <span className={lists["texts"]}>
            <span>{choice.label}</span>
            {choice.description !== undefined && (
              <span className={lists["note"]}>{choice.description}</span>
            )}
          </span>
          <CheckIcon className={lists["chosen"] ?? ""} />
        </ListBoxItem>
      )}
    </ListBox>
  );
}
