// What who looks at an execution may do with it: the server's table of rights (docs/teams.md), so that
// nobody is offered what would be refused.
import { useQuery } from "@tanstack/react-query";
import type { Execution, User } from "runcast";

import { teamsQuery } from "../teams/queries.ts";
import type { Role } from "../teams/roles.ts";
import { useUser } from "../useUser.ts";
import { useAccess } from "./access.ts";
import { executionQuery } from "./execution_query.ts";

export interface Rights {
  /** Answer, signal, cancel. */
  readonly act: boolean;
  /** Resume it, and run it again. */
  readonly start: boolean;
  /** Make links to it. */
  readonly publish: boolean;
}

const ALL: Rights = { act: true, start: true, publish: true };
const NONE: Rights = { act: false, start: false, publish: false };
const OF_ROLES: Record<Role, Rights> = {
  viewer: NONE,
  operator: { act: true, start: true, publish: false },
  owner: ALL,
};

/** The rights of somebody in this role in the execution's team, if it is a team's. */
export function rightsOf(
  execution: Pick<Execution, "owner_id" | "team_id">,
  user: Pick<User, "id" | "is_admin">,
  role: Role | undefined,
): Rights {
  const own = isOwn(execution, user) ? ALL : role === undefined ? NONE : OF_ROLES[role];
  return user.is_admin ? { ...own, act: true } : own;
}

function isOwn(
  { owner_id, team_id }: Pick<Execution, "owner_id" | "team_id">,
  { id }: { id: string },
) {
  return team_id === null && owner_id === id;
}

export function useRights(): Rights {
  const { executionId, runcast, mayAct } = useAccess();
  const user = useUser();
  const { data: execution } = useQuery(executionQuery(runcast, executionId));
  const isTeams = mayAct && typeof execution?.team_id === "string";
  const { data: teams } = useQuery({ ...teamsQuery, enabled: isTeams });
  if (!mayAct || user === null || execution === undefined) return NONE;
  const role = teams?.find(({ id }) => id === execution.team_id)?.role;
  return rightsOf(execution, user, role ?? undefined);
}
