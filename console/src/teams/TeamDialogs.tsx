// What changes a team as a whole: another name, one's leaving, its end.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { useUser } from "../layout/useUser.ts";
import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog, Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { TextField } from "../ui/TextField.tsx";
import { toast } from "../ui/toast.ts";
import { teamsQuery } from "./queries.ts";

interface TeamDialogProps {
  teamId: string;
  name: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function RenameTeam({ teamId, name, isOpen, onOpenChange }: TeamDialogProps) {
  const fetched = useQueryClient();
  const renaming = useMutation({
    mutationFn: ({ name: chosen = "" }: Record<string, string>) =>
      api.renameTeam({ path: { team_id: teamId }, body: { name: chosen } }),
    onSuccess: async () => {
      await fetched.invalidateQueries(teamsQuery);
      onOpenChange(false);
    },
  });
  return (
    <Dialog title="Rename the team" isOpen={isOpen} onOpenChange={onOpenChange}>
      <Form label="Name of the team" onSubmit={renaming.mutate} problem={renaming.error}>
        <TextField name="name" label="Name" defaultValue={name} maxLength={200} isRequired />
        <DialogActions>
          <Button onPress={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" tone="primary" isPending={renaming.isPending}>
            Save
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  );
}

export function LeaveTeam({ teamId, name, ...rest }: TeamDialogProps) {
  const user = useUser();
  const away = useWayToTeams();
  const leave = async () => {
    if (user === null) return;
    await api.removeMember({ path: { team_id: teamId, user_id: user.id } });
    toast(`You have left ${name}`);
    await away();
  };
  return (
    <ConfirmDialog title={`Leave ${name}`} confirm="Leave" onConfirm={leave} {...rest}>
      You see nothing of it any more. What you made there stays with the team.
    </ConfirmDialog>
  );
}

export function DeleteTeam({ teamId, name, ...rest }: TeamDialogProps) {
  const away = useWayToTeams();
  const remove = async () => {
    await api.deleteTeam({ path: { team_id: teamId } });
    toast(`${name} is deleted`);
    await away();
  };
  return (
    <ConfirmDialog title={`Delete ${name}`} confirm="Delete the team" onConfirm={remove} {...rest}>
      Its executions that have ended, and their logs, go with it. This cannot be undone.
    </ConfirmDialog>
  );
}

function useWayToTeams() {
  const fetched = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await navigate({ to: "/teams" });
    await fetched.invalidateQueries(teamsQuery);
  };
}
