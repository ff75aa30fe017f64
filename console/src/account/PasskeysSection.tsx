// Passkeys: the list, each with its name and its end, and a new one.
import { useQueryClient } from "@tanstack/react-query";
import { hasPasskeys, type Passkey } from "runcast";
import { useState } from "react";

import { api } from "../runcast.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button, IconButton } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { EditIcon, TrashIcon } from "../ui/icons.tsx";
import { Section } from "../ui/Page.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { toast } from "../ui/toast.ts";
import styles from "./Account.module.css";
import { NewPasskeyDialog } from "./NewPasskeyDialog.tsx";
import { factorsQuery } from "./queries.ts";
import { RenamePasskeyDialog } from "./RenamePasskeyDialog.tsx";

export function PasskeysSection({ passkeys }: { passkeys: readonly Passkey[] }) {
  const [isAdding, setAdding] = useState(false);
  return (
    <Section
      title="Passkeys"
      description="A passkey signs you in by itself: your device asks for a finger, a face or a PIN."
      actions={hasPasskeys() && <Button onPress={() => setAdding(true)}>Add a passkey</Button>}
    >
      {passkeys.length === 0 ? (
        <p className={styles["muted"]}>
          {hasPasskeys()
            ? "You have none yet."
            : "This browser, or this address, takes no passkeys."}
        </p>
      ) : (
        <ul className={styles["rows"]}>
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      <NewPasskeyDialog isOpen={isAdding} onOpenChange={setAdding} />
    </Section>
  );
}

function PasskeyRow({ passkey }: { passkey: Passkey }) {
  const [open, setOpen] = useState<"rename" | "remove">();
  const close = () => setOpen(undefined);
  return (
    <li className={styles["row"]}>
      <div className={styles["texts"]}>
        <span className={styles["line"]}>
          <span className={styles["name"]}>{passkey.name}</span>
          {passkey.synced && <Badge>Synced</Badge>}
        </span>
        <span className={styles["muted"]}>
          Added <RelativeTime at={passkey.created_at} />
          {passkey.last_used_at !== null && (
            <>
              , used <RelativeTime at={passkey.last_used_at} />
            </>
          )}
        </span>
      </div>
      <div>
        <IconButton
          label={`Rename ${passkey.name}`}
          icon={EditIcon}
          onPress={() => setOpen("rename")}
        />
        <IconButton
          label={`Remove ${passkey.name}`}
          icon={TrashIcon}
          onPress={() => setOpen("remove")}
        />
      </div>
      <RenamePasskeyDialog passkey={passkey} isOpen={open === "rename"} onOpenChange={close} />
      <RemovePasskey passkey={passkey} isOpen={open === "remove"} onOpenChange={close} />
    </li>
  );
}

interface RemovePasskeyProps {
  passkey: Passkey;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

function RemovePasskey({ passkey, ...rest }: RemovePasskeyProps) {
  const fetched = useQueryClient();
  const remove = async () => {
    await api.removePasskey({ path: { passkey_id: passkey.id } });
    await fetched.invalidateQueries(factorsQuery);
    toast("The passkey is removed");
  };
  return (
    <ConfirmDialog title="Remove the passkey" confirm="Remove" onConfirm={remove} {...rest}>
      {`“${passkey.name}” signs nobody in from then on. Remove it from your device as well.`}
    </ConfirmDialog>
  );
}
