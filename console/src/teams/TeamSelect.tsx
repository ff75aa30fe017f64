// Whose things a list shows: one's own, or a team's. It is not there for who is in no team.
import { useQuery } from "@tanstack/react-query";

import { NativeSelect } from "../ui/NativeSelect.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import { teamsQuery } from "./queries.ts";

const OWN = "own";

export interface TeamSelectProps {
  /** Without one, the place says it, but for screen readers. */
  label?: string;
  /** The team's id, or undefined for one's own. */
  team: string | undefined;
  onChange: (team: string | undefined) => void;
}

export function TeamSelect({ label, team, onChange }: TeamSelectProps) {
  const choices = useTeamChoices();
  if (choices.length < 2) return null;
  return (
    <NativeSelect
      label={label ?? "Whose"}
      hideLabel={label === undefined}
      choices={choices}
      value={team ?? OWN}
      onChange={(chosen) => onChange(teamOf(chosen))}
    />
  );
}

const MOST_IN_SIGHT = 5;

/** The same choice, in sight for who is in few teams: what is theirs is then not overlooked. */
export function TeamChoice({ team, onChange }: Omit<TeamSelectProps, "label">) {
  const choices = useTeamChoices();
  if (choices.length < 2) return null;
  if (choices.length > MOST_IN_SIGHT) return <TeamSelect team={team} onChange={onChange} />;
  return (
    <RadioGroup
      label="Whose"
      hideLabel
      across
      choices={choices}
      value={team ?? OWN}
      onChange={(chosen) => onChange(teamOf(chosen))}
    />
  );
}

function useTeamChoices() {
  const teams = useQuery(teamsQuery).data ?? [];
  return [{ id: OWN, label: "My own" }, ...teams.map(({ id, name }) => ({ id, label: name }))];
}

function teamOf(chosen: string): string | undefined {
  return chosen === OWN ? undefined : chosen;
}
