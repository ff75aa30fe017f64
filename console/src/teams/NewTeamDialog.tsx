// A new team; whoever makes it is its first owner.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api } from "../runcast.ts";
import { NameDialog } from "../ui/NameDialog.tsx";
import { teamsQuery } from "./queries.ts";

export interface NewTeamDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function NewTeamDialog(props: NewTeamDialogProps) {
  const navigate = useNavigate();
  const fetched = useQueryClient();
  const make = async (name: string) => {
    const { id } = await api.createTeam({ body: { name } });
    await fetched.invalidateQueries(teamsQuery);
    await navigate({ to: "/teams/$teamId", params: { teamId: id } });
  };
  return <NameDialog title="New team" confirm="Make the team" onName={make} {...props} />;
}
