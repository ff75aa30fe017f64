// A new team; whoever makes it is its first owner.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { TextField } from "../ui/TextField.tsx";
import { teamsQuery } from "./queries.ts";

export interface NewTeamDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function NewTeamDialog({ isOpen, onOpenChange }: NewTeamDialogProps) {
  const navigate = useNavigate();
  const fetched = useQueryClient();
  const making = useMutation({
    mutationFn: ({ name = "" }: Record<string, string>) => api.createTeam({ body: { name } }),
    onSuccess: async ({ id }) => {
      await fetched.invalidateQueries(teamsQuery);
      onOpenChange(false);
      await navigate({ to: "/teams/$teamId", params: { teamId: id } });
    },
  });
  return (
    <Dialog title="New team" isOpen={isOpen} onOpenChange={onOpenChange}>
      <Form label="New team" onSubmit={making.mutate} problem={making.error}>
        <TextField name="name" label="Name" maxLength={200} autoFocus isRequired />
        <DialogActions>
          <Button onPress={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" tone="primary" isPending={making.isPending}>
            Make the team
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  );
}
