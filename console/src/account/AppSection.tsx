// The authenticator app: set up, or removed.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../runcast.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { Section } from "../ui/Page.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { toast } from "../ui/toast.ts";
import styles from "./Account.module.css";
import { AppSetup } from "./AppSetup.tsx";
import { factorsQuery } from "./queries.ts";

export function AppSection({ confirmedAt }: { confirmedAt: string | null }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section
      title="Authenticator app"
      description="After your password you are asked for a code that an app on your phone shows."
      actions={
        <Button onPress={() => setOpen(true)}>{confirmedAt === null ? "Set up" : "Remove"}</Button>
      }
    >
      <div className={styles["line"]}>
        {confirmedAt === null ? (
          <Badge>Off</Badge>
        ) : (
          <>
            <Badge tone="success">On</Badge>
            <span className={styles["muted"]}>
              since <RelativeTime at={confirmedAt} />
            </span>
          </>
        )}
      </div>
      <AppDialog isOn={confirmedAt !== null} isOpen={isOpen} onOpenChange={setOpen} />
    </Section>
  );
}

interface AppDialogProps {
  isOn: boolean;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

function AppDialog({ isOn, isOpen, onOpenChange }: AppDialogProps) {
  const [wasOn, setWasOn] = useState(isOn);
  // While it is open it stays what it was opened for, whatever the account has become by it.
  if (!isOpen && wasOn !== isOn) setWasOn(isOn);
  if (!wasOn) return <AppSetup isOpen={isOpen} onOpenChange={onOpenChange} />;
  return <RemoveApp isOpen={isOpen} onOpenChange={onOpenChange} />;
}

function RemoveApp(props: { isOpen: boolean; onOpenChange: (isOpen: boolean) => void }) {
  const fetched = useQueryClient();
  const remove = async () => {
    await api.removeTotp();
    await fetched.invalidateQueries(factorsQuery);
    toast("The authenticator app is removed");
  };
  return (
    <ConfirmDialog
      title="Remove the authenticator app"
      confirm="Remove"
      onConfirm={remove}
      {...props}
    >
      Your password alone signs you in from then on, unless you have a passkey.
    </ConfirmDialog>
  );
}
