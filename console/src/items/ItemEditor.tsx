// The fields of an item that there is. What another person saves meanwhile is shown, and never overwritten
// unless one says so.
import type { Item } from "runcast";
import { useEffect, useMemo, useState } from "react";

import { problemsBelow } from "../json/placed.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { Section } from "../ui/Page.tsx";
import { ConflictDialog } from "./ConflictDialog.tsx";
import { bodyOf, type Draft, draftOf, isSame } from "./draft.ts";
import { ItemFields } from "./ItemFields.tsx";
import { Conflict, useSaving } from "./saving.ts";
import { useLeaving } from "./useLeaving.ts";

export interface ItemEditorProps {
  item: Item;
  isReadOnly: boolean;
  /** Hears whether something is typed that is not saved. */
  onUnsaved: (isUnsaved: boolean) => void;
}

export function ItemEditor({ item, isReadOnly, onUnsaved }: ItemEditorProps) {
  const [base, setBase] = useState(item);
  const [draft, setDraft] = useState(() => draftOf(item));
  const saving = useSaving(item.id);
  const saved = useMemo(() => draftOf(base), [base]);
  const isChanged = !isSame(draft, saved);
  // What others saved shows at once where nothing of one's own would be lost by it.
  if (!isChanged && !saving.isPending && item.version > base.version) take(item);
  const written = bodyOf(draft);
  useLeaving(isChanged && !isReadOnly);
  useEffect(() => {
    onUnsaved(isChanged);
    return () => onUnsaved(false);
  }, [isChanged, onUnsaved]);

  function take(taken: Item) {
    setBase(taken);
    setDraft(draftOf(taken));
  }

  function save(version: number) {
    if (!("body" in written)) return;
    const sent = draft;
    const settle = (kept: Item) => {
      setBase(kept);
      // What has been typed since it was sent is a change of what is saved now.
      setDraft((now) => (isSame(now, sent) ? draftOf(kept) : now));
    };
    saving.mutate({ body: written.body, version }, { onSuccess: settle });
  }

  const conflict = saving.error instanceof Conflict ? saving.error : undefined;
  return (
    <Section title="Item">
      <Form
        label="Item"
        onSubmit={() => save(base.version)}
        problem={conflict === undefined ? saving.error : null}
        {...(!isReadOnly && { actions: <Actions {...{ isChanged, saving, written }} /> })}
      >
        <ItemFields
          draft={draft}
          onChange={(changed: Draft) => setDraft(changed)}
          problems={problemsBelow(saving.error, ["body", "metadata"])}
          isReadOnly={isReadOnly}
        />
      </Form>
      {conflict !== undefined && "body" in written && (
        <ConflictDialog
          mine={written.body}
          theirs={conflict.theirs}
          onKeep={() => save(conflict.theirs.version)}
          onTake={() => {
            take(conflict.theirs);
            saving.reset();
          }}
          onClose={() => saving.reset()}
        />
      )}
    </Section>
  );
}

interface ActionsProps {
  isChanged: boolean;
  saving: { isPending: boolean };
  written: object;
}

function Actions({ isChanged, saving, written }: ActionsProps) {
  return (
    <Button
      type="submit"
      tone="primary"
      isPending={saving.isPending}
      isDisabled={!isChanged || "problem" in written}
    >
      Save
    </Button>
  );
}
