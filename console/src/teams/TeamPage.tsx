// One team: its members, its open invitations, its name and its end, as far as one's role goes.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { Badge } from "../ui/Badge.tsx";
import { Crumb, Page } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { useUser } from "../useUser.ts";
import { InvitationsSection } from "./InvitationsSection.tsx";
import { MembersSection } from "./MembersSection.tsx";
import { teamQuery } from "./queries.ts";
import { roleLabel } from "./roles.ts";

const TeamMenu = lazy(async () => ({ default: (await import("./TeamMenu.tsx")).TeamMenu }));

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
          <Suspense>
            <TeamMenu
              teamId={teamId}
              name={team.data.name}
              isMember={team.data.role !== null}
              isOwner={isOwner}
              mayManage={mayManage}
            />
          </Suspense>
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
