// Whose executions are shown: one's own, a team's, or, for administrators, everyone's.
import { Switch } from "../ui/Switch.tsx";
import { useUser } from "../useUser.ts";
import { TeamChoice } from "./TeamSelect.tsx";

export interface Whose {
  team?: string;
  everyone?: "yes";
}

export interface WhoseExecutionsProps {
  whose: Whose;
  onChange: (part: { [Name in keyof Whose]?: Whose[Name] | undefined }) => void;
}

export function WhoseExecutions({ whose, onChange }: WhoseExecutionsProps) {
  const user = useUser();
  return (
    <>
      {whose.everyone === undefined && (
        <TeamChoice team={whose.team} onChange={(team) => onChange({ team })} />
      )}
      {user?.is_admin && whose.team === undefined && (
        <Switch
          isSelected={whose.everyone === "yes"}
          onChange={(all) => onChange({ everyone: all ? "yes" : undefined })}
        >
          Everyone's executions
        </Switch>
      )}
    </>
  );
}
