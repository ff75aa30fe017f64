// Whose executions the overview counts, and over which time.
import { compact } from "../search.ts";
import { WhoseExecutions } from "../teams/WhoseExecutions.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
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
      <WhoseExecutions whose={search} onChange={change} />
    </div>
  );
}
