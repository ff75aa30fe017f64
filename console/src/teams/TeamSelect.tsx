// Whose things a list shows: one's own, or a team's. It is not there for who is in no team.
import { useQuery } from "@tanstack/react-query";

import { NativeSelect } from "../ui/NativeSelect.tsx";
import { teamsQuery } from "./queries.ts";

const OWN = "own";

export interface TeamSelectProps {
  label?: string;
  /** The team's id, or undefined for one's own. */
  team: string | undefined;
  onChange: (team: string | undefined) => void;
}

export function TeamSelect({ label = "Whose", team, onChange }: TeamSelectProps) {
  const teams = useQuery(teamsQuery);
  if (!teams.data || teams.data.length === 0) return null;
  return (
    <NativeSelect
      label={label}
      hideLabel
      choices={[
        { id: OWN, label: "My own" },
        ...teams.data.map(({ id, name }) => ({ id, label: name })),
      ]}
      value={team ?? OWN}
      onChange={(chosen) => onChange(chosen === OWN ? undefined : chosen)}
    />
  );
}
