// Inviting somebody: by letter, or by a link that is shown once and handed on.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/Code.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { Note } from "../ui/Note.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import { TextField } from "../ui/TextField.tsx";
import { toast } from "../ui/toast.ts";
import { invitationsKey } from "./queries.ts";
import { type Role, roleOf, ROLES } from "./roles.ts";

export interface InviteDialogProps {
  teamId: string | undefined;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function InviteDialog({ teamId, isOpen, onOpenChange }: InviteDialogProps) {
  const fetched = useQueryClient();
  const [role, setRole] = useState<Role>("operator");
  const inviting = useMutation({
    mutationFn: ({ email = "" }: Record<string, string>) =>
      api.invite({ body: teamId === undefined ? { email } : { email, team_id: teamId, role } }),
    onSuccess: async ({ link, email }) => {
      await fetched.invalidateQueries({ queryKey: invitationsKey(teamId) });
      if (link !== null) return;
      toast(`A letter is on its way to ${email}`);
      close();
    },
  });
  const close = () => {
    inviting.reset();
    onOpenChange(false);
  };
  const link = inviting.data?.link ?? null;
  return (
    <Dialog
      title={link === null ? "Invite somebody" : "Hand on the link"}
      isOpen={isOpen}
      onOpenChange={close}
      isSticky={link !== null}
    >
      {link === null ? (
        <Form label="Invite somebody" onSubmit={inviting.mutate} problem={inviting.error}>
          <TextField
            name="email"
            label="Email address"
            type="email"
            autoComplete="off"
            autoFocus
            isRequired
          />
          {teamId !== undefined && (
            <RadioGroup
              label="Role"
              choices={ROLES}
              value={role}
              onChange={(chosen) => setRole(roleOf(chosen) ?? role)}
            />
          )}
          <DialogActions>
            <Button onPress={close}>Cancel</Button>
            <Button type="submit" tone="primary" isPending={inviting.isPending}>
              Invite
            </Button>
          </DialogActions>
        </Form>
      ) : (
        <Link link={link} onDone={close} />
      )}
    </Dialog>
  );
}

function Link({ link, onDone }: { link: string; onDone: () => void }) {
  return (
    <>
      <Note tone="warning" title="It is shown this once">
        This server sends no letters. Hand the link to whom you have invited, and to nobody else.
      </Note>
      <CopyField label="Link" value={new URL(link, location.href).href} />
      <DialogActions>
        <Button tone="primary" onPress={onDone}>
          Done
        </Button>
      </DialogActions>
    </>
  );
}
