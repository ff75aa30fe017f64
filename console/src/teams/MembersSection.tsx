// Who is in a team, in which role; for who manages it, other roles and removals.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Member } from "runcast";
import { useState } from "react";

import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { Badge } from "../ui/Badge.tsx";
import { IconButton } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { Empty } from "../ui/Empty.tsx";
import { TrashIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { Select } from "../ui/Select.tsx";
import type { Column } from "../ui/Table.tsx";
import { toast } from "../ui/toast.ts";
import { TwoLines } from "../ui/TwoLines.tsx";
import { membersKey, teamQuery } from "./queries.ts";
import { type Role, roleLabel, roleOf, ROLES } from "./roles.ts";
import styles from "./Teams.module.css";

export function MembersSection({ teamId, mayManage }: { teamId: string; mayManage: boolean }) {
  const members = usePages(membersKey(teamId), (query, signal) =>
    api.listMembers({ path: { team_id: teamId }, query, signal }),
  );
  const [leaving, setLeaving] = useState<Member>();
  const setting = useRoleChange(teamId);
  const change = (member: Member, role: Role) => setting.mutate({ member, role });
  return (
    <Section title="Members" flush>
      {setting.error && <Problem error={setting.error} />}
      <Listing
        label="Members"
        query={members}
        columns={mayManage ? managed(change, setLeaving) : PLAIN}
        rowKey={(member) => member.id}
        empty={<Empty title="Nobody is in this team" />}
      />
      <RemoveMember teamId={teamId} leaving={leaving} onClose={() => setLeaving(undefined)} />
    </Section>
  );
}

const NAME: Column<Member> = {
  id: "name",
  header: "Name",
  cell: ({ name, email }) => (
    <TwoLines below={name && email}>
      <span className={styles["name"]}>{name || email}</span>
    </TwoLines>
  ),
};

const SINCE: Column<Member> = {
  id: "since",
  header: "Member since",
  cell: ({ created_at }) => <RelativeTime at={created_at} />,
};

const PLAIN: readonly Column<Member>[] = [
  NAME,
  { id: "role", header: "Role", cell: ({ role }) => <Badge>{roleLabel(role)}</Badge> },
  SINCE,
];

function managed(
  change: (member: Member, role: Role) => void,
  remove: (member: Member) => void,
): readonly Column<Member>[] {
  return [
    NAME,
    {
      id: "role",
      header: "Role",
      cell: (member) => <RoleSelect member={member} onChange={change} />,
    },
    SINCE,
    {
      id: "remove",
      header: "Remove",
      hideHeader: true,
      width: "fit",
      cell: (member) => (
        <IconButton
          label={`Remove ${member.email}`}
          icon={TrashIcon}
          onPress={() => remove(member)}
        />
      ),
    },
  ];
}

interface RoleSelectProps {
  member: Member;
  onChange: (member: Member, role: Role) => void;
}

function RoleSelect({ member, onChange }: RoleSelectProps) {
  return (
    <Select
      label={`Role of ${member.email}`}
      hideLabel
      choices={ROLES}
      value={member.role}
      onChange={(chosen) => {
        const role = roleOf(chosen);
        if (role !== undefined && role !== member.role) onChange(member, role);
      }}
    />
  );
}

function useRoleChange(teamId: string) {
  const fetched = useQueryClient();
  return useMutation({
    mutationFn: ({ member, role }: { member: Member; role: Role }) =>
      api.setMemberRole({ path: { team_id: teamId, user_id: member.id }, body: { role } }),
    onSuccess: async ({ email, role }) => {
      toast(`${email} is ${roleLabel(role).toLowerCase()} now`);
      // One's own role may have been the one that changed.
      await fetched.invalidateQueries(teamQuery(teamId));
    },
  });
}

interface RemoveMemberProps {
  teamId: string;
  leaving: Member | undefined;
  onClose: () => void;
}

function RemoveMember({ teamId, leaving, onClose }: RemoveMemberProps) {
  const fetched = useQueryClient();
  const remove = async () => {
    if (leaving === undefined) return;
    await api.removeMember({ path: { team_id: teamId, user_id: leaving.id } });
    await fetched.invalidateQueries({ queryKey: membersKey(teamId) });
    toast(`${leaving.email} is removed`);
  };
  return (
    <ConfirmDialog
      title="Remove from the team"
      confirm="Remove"
      isOpen={leaving !== undefined}
      onOpenChange={onClose}
      onConfirm={remove}
    >
      {`${leaving?.email ?? ""} sees nothing of the team any more. What they made stays.`}
    </ConfirmDialog>
  );
}
