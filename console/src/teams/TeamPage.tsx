// One team: its members, its open invitations, its name and its end, as far as one's role goes.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import { useUser } from "../layout/useUser.ts";
import { Badge } from "../ui/Badge.tsx";
import { IconButton } from "../ui/Button.tsx";
import { EditIcon, MoreIcon, SignOutIcon, TrashIcon } from "../ui/icons.tsx";
import { Menu, MenuItem } from "../ui/Menu.tsx";
import { Crumb, Page } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { InvitationsSection } from "./InvitationsSection.tsx";
import { MembersSection } from "./MembersSection.tsx";
import { teamQuery } from "./queries.ts";
import { roleLabel } from "./roles.ts";
import { DeleteTeam, LeaveTeam, RenameTeam } from "./TeamDialogs.tsx";

export function TeamPage() {
  const { teamId } = useParams({ from: "/shell/signed-in/teams/$teamId" });
  const team = useQuery(teamQuery(teamId));
  const user = useUser();
  const isOwner = team.data?.role === "owner";
  const mayManage = isOwner || user?.is_admin === true;
  return (
    <Page
      title={team.data?.name ?? "Team"}
      heading={
        team.data && (
          <>
            {team.data.name}
            <Badge>{roleLabel(team.data.role)}</Badge>
          </>
        )
      }
      breadcrumb={<Crumb to="/teams">Teams</Crumb>}
      actions={
        team.data && (
          <TeamMenu
            teamId={teamId}
            name={team.data.name}
            isMember={team.data.role !== null}
            isOwner={isOwner}
            mayManage={mayManage}
          />
        )
      }
      width="narrow"
    >
      {team.error ? (
        <Problem error={team.error} onRetry={() => void team.refetch()} />
      ) : (
        <>
          <MembersSection teamId={teamId} mayManage={mayManage} />
          {mayManage && <InvitationsSection teamId={teamId} />}
        </>
      )}
    </Page>
  );
}

interface TeamMenuProps {
  teamId: string;
  name: string;
  isMember: boolean;
  isOwner: boolean;
  mayManage: boolean;
}

function TeamMenu({ teamId, name, isMember, isOwner, mayManage }: TeamMenuProps) {
  const [open, setOpen] = useState<"rename" | "leave" | "delete">();
  const close = () => setOpen(undefined);
  return (
    <>
      <Menu
        label="What can be done with this team"
        trigger={<IconButton label="More" icon={MoreIcon} tone="plain" />}
      >
        {mayManage && (
          <MenuItem icon={EditIcon} onAction={() => setOpen("rename")}>
            Rename
          </MenuItem>
        )}
        {isMember && (
          <MenuItem icon={SignOutIcon} onAction={() => setOpen("leave")}>
            Leave the team
          </MenuItem>
        )}
        {isOwner && (
          <MenuItem icon={TrashIcon} tone="danger" onAction={() => setOpen("delete")}>
            Delete the team
          </MenuItem>
        )}
      </Menu>
      <RenameTeam teamId={teamId} name={name} isOpen={open === "rename"} onOpenChange={close} />
      <LeaveTeam teamId={teamId} name={name} isOpen={open === "leave"} onOpenChange={close} />
      <DeleteTeam teamId={teamId} name={name} isOpen={open === "delete"} onOpenChange={close} />
    </>
  );
}
