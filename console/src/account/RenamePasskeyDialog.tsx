// Another name for a passkey.
import { useQueryClient } from "@tanstack/react-query";
import type { Passkey } from "runcast";

import { api } from "../runcast.ts";
import { NameDialog } from "../ui/NameDialog.tsx";
import { factorsQuery } from "./queries.ts";

export interface RenamePasskeyDialogProps {
  passkey: Passkey;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function RenamePasskeyDialog({ passkey, ...rest }: RenamePasskeyDialogProps) {
  const fetched = useQueryClient();
  const rename = async (name: string) => {
    await api.renamePasskey({ path: { passkey_id: passkey.id }, body: { name } });
    await fetched.invalidateQueries(factorsQuery);
  };
  return <NameDialog title="Rename the passkey" name={passkey.name} onName={rename} {...rest} />;
}
