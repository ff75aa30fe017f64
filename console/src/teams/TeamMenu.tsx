// What can be done with a team as a whole, as far as one's role goes.
import { useState } from "react";

import { IconButton } from "../ui/Button.tsx";
import { EditIcon, MoreIcon, SignOutIcon, TrashIcon } from "../ui/icons.tsx";
import { Menu, MenuItem } from "../ui/Menu.tsx";
import { DeleteTeam, LeaveTeam, RenameTeam } from "./TeamDialogs.tsx";

export interface TeamMenuProps {
  teamId: string;
  name: string;
  isMember: boolean;
  isOwner: boolean;
  mayManage: boolean;
}

export function TeamMenu({ teamId, name, isMember, isOwner, mayManage }: TeamMenuProps) {
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
