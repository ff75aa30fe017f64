// The teams that one is a member of, and a new one.
import { useQuery } from "@tanstack/react-query";
import type { Team } from "runcast";
import { useState } from "react";

import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { PlusIcon, TeamIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { type Column, RowLink } from "../ui/Table.tsx";
import { NewTeamDialog } from "./NewTeamDialog.tsx";
import { teamsQuery } from "./queries.ts";
import { roleLabel } from "./roles.ts";

const COLUMNS: readonly Column<Team>[] = [
  {
    id: "name",
    header: "Name",
    cell: (team) => (
      <RowLink to="/teams/$teamId" params={{ teamId: team.id }}>
        {team.name}
      </RowLink>
    ),
  },
  { id: "role", header: "Your role", cell: (team) => <Badge>{roleLabel(team.role)}</Badge> },
  { id: "made", header: "Made", cell: (team) => <RelativeTime at={team.created_at} /> },
];

export function TeamsPage() {
  const teams = useQuery(teamsQuery);
  const [isMaking, setMaking] = useState(false);
  const make = (
    <Button tone="primary" icon={PlusIcon} onPress={() => setMaking(true)}>
      New team
    </Button>
  );
  return (
    <Page
      title="Teams"
      description="People who share items and executions."
      actions={make}
      width="narrow"
    >
      <Section flush>
        <Listing
          label="Teams"
          query={teams}
          columns={COLUMNS}
          rowKey={(team) => team.id}
          empty={
            <Empty icon={TeamIcon} title="You are in no team yet">
              Make one and invite others, or ask for an invitation to theirs.
            </Empty>
          }
        />
      </Section>
      <NewTeamDialog isOpen={isMaking} onOpenChange={setMaking} />
    </Page>
  );
}
