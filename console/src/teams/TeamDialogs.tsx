// What changes a team as a whole: another name, one's leaving, its end.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api } from "../runcast.ts";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { NameDialog } from "../ui/NameDialog.tsx";
import { toast } from "../ui/toast.ts";
import { useUser } from "../useUser.ts";
import { teamsQuery } from "./queries.ts";

interface TeamDialogProps {
  teamId: string;
  name: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function RenameTeam({ teamId, ...rest }: TeamDialogProps) {
  const fetched = useQueryClient();
  const rename = async (name: string) => {
    await api.renameTeam({ path: { team_id: teamId }, body: { name } });
    await fetched.invalidateQueries(teamsQuery);
  };
  return <NameDialog title="Rename the team" onName={rename} {...rest} />;
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
