// Open invitations, to a team or to an account: the list, a new one, and the end of one.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Invitation } from "runcast";
import { useState } from "react";

import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { MailIcon, PlusIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import type { Column } from "../ui/Table.tsx";
import { toast } from "../ui/toast.ts";
import { InviteDialog } from "./InviteDialog.tsx";
import { invitationsKey } from "./queries.ts";
import { roleLabel } from "./roles.ts";

/** Without a team they are invitations to an account, which administrators make. */
export function InvitationsSection({ teamId }: { teamId?: string }) {
  const [isInviting, setInviting] = useState(false);
  const invitations = usePages(invitationsKey(teamId), (query, signal) =>
    api.listInvitations({
      query: teamId === undefined ? query : { ...query, team_id: teamId },
      signal,
    }),
  );
  const ending = useEnding(teamId);
  return (
    <Section
      title="Open invitations"
      description="Each is good for seven days, once, and for one address."
      actions={
        <Button icon={PlusIcon} onPress={() => setInviting(true)}>
          Invite
        </Button>
      }
      flush
    >
      {ending.error && <Problem error={ending.error} />}
      <Listing
        label="Open invitations"
        query={invitations}
        columns={columns(teamId !== undefined, ending.mutate)}
        rowKey={(invitation) => invitation.id}
        empty={<Empty icon={MailIcon} title="No open invitations" />}
      />
      <InviteDialog teamId={teamId} isOpen={isInviting} onOpenChange={setInviting} />
    </Section>
  );
}

function useEnding(teamId: string | undefined) {
  const fetched = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Invitation) => api.endInvitation({ path: { invitation_id: id } }),
    onSuccess: async () => {
      toast("The invitation is withdrawn");
      await fetched.invalidateQueries({ queryKey: invitationsKey(teamId) });
    },
  });
}

function columns(
  hasRole: boolean,
  end: (invitation: Invitation) => void,
): readonly Column<Invitation>[] {
  return [
    { id: "email", header: "Address", cell: ({ email }) => email },
    ...(hasRole ? [ROLE] : []),
    { id: "until", header: "Until", cell: ({ expires_at }) => <RelativeTime at={expires_at} /> },
    {
      id: "end",
      header: "Withdraw",
      hideHeader: true,
      width: "fit",
      cell: (invitation) => (
        <Button
          small
          aria-label={`Withdraw the invitation of ${invitation.email}`}
          onPress={() => end(invitation)}
        >
          Withdraw
        </Button>
      ),
    },
  ];
}

const ROLE: Column<Invitation> = {
  id: "role",
  header: "Role",
  cell: ({ role }) => <Badge>{roleLabel(role)}</Badge>,
};
