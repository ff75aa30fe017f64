// API keys: what each may do, when it was used, and a new one.
import { useQueryClient } from "@tanstack/react-query";
import type { Key } from "runcast";
import { useState } from "react";

import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button, IconButton } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { Empty } from "../ui/Empty.tsx";
import { KeyIcon, PlusIcon, TrashIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Section } from "../ui/Page.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import type { Column } from "../ui/Table.tsx";
import { toast } from "../ui/toast.ts";
import styles from "./Account.module.css";
import { KEYS } from "./keys.ts";
import { NewKeyDialog } from "./NewKeyDialog.tsx";
import { scopeLabel } from "./scopes.ts";

export function KeysPart() {
  const keys = usePages(KEYS, (query, signal) => api.listKeys({ query, signal }));
  const [isMaking, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Key>();
  return (
    <Section
      title="API keys"
      description="For programs. A key acts for you, as far as what it was made for goes."
      actions={
        <Button icon={PlusIcon} onPress={() => setMaking(true)}>
          New key
        </Button>
      }
      flush
    >
      <Listing
        label="API keys"
        query={keys}
        columns={[...COLUMNS, deleteColumn(setLeaving)]}
        rowKey={(key) => key.id}
        empty={
          <Empty icon={KeyIcon} title="No keys yet">
            A program that starts or watches executions needs one.
          </Empty>
        }
      />
      <NewKeyDialog isOpen={isMaking} onOpenChange={setMaking} />
      <DeleteKey leaving={leaving} onClose={() => setLeaving(undefined)} />
    </Section>
  );
}

const COLUMNS: readonly Column<Key>[] = [
  {
    id: "name",
    header: "Name",
    cell: (key) => (
      <span className={styles["texts"]}>
        <span className={styles["name"]}>{key.name}</span>
        <code className={styles["muted"]}>{`${key.hint}…`}</code>
      </span>
    ),
  },
  {
    id: "scopes",
    header: "May",
    cell: (key) => (
      <span className={styles["badges"]}>
        {key.scopes.map((scope) => (
          <Badge key={scope}>{scopeLabel(scope)}</Badge>
        ))}
      </span>
    ),
  },
  {
    id: "used",
    header: "Last used",
    cell: (key) => (key.last_used_at === null ? "Never" : <RelativeTime at={key.last_used_at} />),
  },
  {
    id: "expires",
    header: "Expires",
    cell: (key) => (key.expires_at === null ? "Never" : <RelativeTime at={key.expires_at} />),
  },
];

function deleteColumn(onDelete: (key: Key) => void): Column<Key> {
  return {
    id: "delete",
    header: "Delete",
    hideHeader: true,
    width: "fit",
    cell: (key) => (
      <IconButton label={`Delete ${key.name}`} icon={TrashIcon} onPress={() => onDelete(key)} />
    ),
  };
}

function DeleteKey({ leaving, onClose }: { leaving: Key | undefined; onClose: () => void }) {
  const fetched = useQueryClient();
  const remove = async () => {
    if (leaving === undefined) return;
    await api.deleteKey({ path: { key_id: leaving.id } });
    await fetched.invalidateQueries({ queryKey: KEYS });
    toast("The key is deleted");
  };
  return (
    <ConfirmDialog
      title="Delete the key"
      confirm="Delete"
      isOpen={leaving !== undefined}
      onOpenChange={onClose}
      onConfirm={remove}
    >
      {`Programs that use “${leaving?.name ?? ""}” are refused from now on.`}
    </ConfirmDialog>
  );
}
