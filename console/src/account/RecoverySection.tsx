// How many recovery codes are left, and new ones instead of them.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog, Dialog } from "../ui/Dialog.tsx";
import { Section } from "../ui/Page.tsx";
import { factorsQuery } from "./queries.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";

export function RecoverySection({ left }: { left: number }) {
  const fetched = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const renew = async () => {
    setCodes((await api.renewRecoveryCodes()).recovery_codes);
    await fetched.invalidateQueries(factorsQuery);
  };
  return (
    <Section
      title="Recovery codes"
      description="For when your app or passkey is lost."
      actions={<Button onPress={() => setAsking(true)}>Make new ones</Button>}
    >
      <p>{left === 1 ? "One code is left." : `${String(left)} codes are left.`}</p>
      <ConfirmDialog
        title="Make new recovery codes"
        confirm="Make new ones"
        tone="primary"
        isOpen={isAsking}
        onOpenChange={setAsking}
        onConfirm={renew}
      >
        The codes that you have now are good no more.
      </ConfirmDialog>
      <Dialog
        title="Keep your recovery codes"
        isOpen={codes.length > 0}
        onOpenChange={() => setCodes([])}
        isSticky
      >
        <RecoveryCodes codes={codes} onDone={() => setCodes([])} />
      </Dialog>
    </Section>
  );
}
