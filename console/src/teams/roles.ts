// The roles in a team, in words.
export type Role = "viewer" | "operator" | "owner";

export const ROLES: readonly { id: Role; label: string; description: string }[] = [
  { id: "viewer", label: "Viewer", description: "Sees everything of the team." },
  {
    id: "operator",
    label: "Operator",
    description: "Starts and steers executions, and writes items.",
  },
  {
    id: "owner",
    label: "Owner",
    description: "Also deletes, publishes, shares, and manages the team.",
  },
];

export function roleOf(id: string): Role | undefined {
  return ROLES.find((role) => role.id === id)?.id;
}

export function roleLabel(role: Role | null): string {
  return ROLES.find(({ id }) => id === role)?.label ?? "Administrator";
}
