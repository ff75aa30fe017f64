// Whose executions the overview counts, and over which time.
import { useUser } from "../layout/useUser.ts";
import { compact } from "../search.ts";
import { TeamSelect } from "../teams/TeamSelect.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import { Switch } from "../ui/Switch.tsx";
import styles from "./Overview.module.css";
import { type OverviewSearch, PERIODS } from "./search.ts";

const CHOICES = [
  { id: "hour", label: "Last hour" },
  { id: "day", label: "Last day" },
  { id: "week", label: "Last week" },
];

export interface FiltersProps {
  search: OverviewSearch;
  onSearch: (search: OverviewSearch) => void;
}

export function Filters({ search, onSearch }: FiltersProps) {
  const user = useUser();
  const change = (part: { [Name in keyof OverviewSearch]?: OverviewSearch[Name] | undefined }) =>
    onSearch(compact({ ...search, ...part }));
  return (
    <div className={styles["filters"]}>
      <RadioGroup
        label="Period"
        hideLabel
        across
        choices={CHOICES}
        value={search.period ?? "hour"}
        onChange={(period) => change({ period: PERIODS.find((one) => one === period) })}
      />
      {search.everyone === undefined && (
        <TeamSelect team={search.team} onChange={(team) => change({ team })} />
      )}
      {user?.is_admin && search.team === undefined && (
        <Switch
          isSelected={search.everyone === "yes"}
          onChange={(all) => change({ everyone: all ? "yes" : undefined })}
        >
          Everyone's executions
        </Switch>
      )}
    </div>
  );
}
