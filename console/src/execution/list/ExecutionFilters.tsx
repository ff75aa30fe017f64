// What of the executions is listed; kept in the address.
import { Button } from "../../ui/Button.tsx";
import { stateWord } from "../../ui/Badge.tsx";
import { CloseIcon } from "../../ui/icons.tsx";
import { NativeSelect } from "../../ui/NativeSelect.tsx";
import { TextField } from "../../ui/TextField.tsx";
import { type executionsSearch, STATES } from "../search.ts";
import { compact } from "../../search.ts";
import styles from "./ExecutionFilters.module.css";

type Search = ReturnType<typeof executionsSearch>;

export interface ExecutionFiltersProps {
  search: Search;
  teams: readonly { id: string; name: string }[];
  onSearch: (search: Search) => void;
}

const ALL = "all";

export function ExecutionFilters({ search, teams, onSearch }: ExecutionFiltersProps) {
  const change = (part: { [Name in keyof Search]?: Search[Name] | undefined }) =>
    onSearch(compact({ ...search, ...part }));
  const isFrom = search.item !== undefined || search.parent !== undefined;
  return (
    <div className={styles["filters"]} role="search">
      <NativeSelect
        label="State"
        value={search.state ?? ALL}
        onChange={(state) => change({ state: STATES.find((each) => each === state) })}
        choices={[
          { id: ALL, label: "All states" },
          ...STATES.map((state) => ({ id: state, label: stateWord(state) })),
        ]}
      />
      <TextField
        label="Handler"
        type="search"
        placeholder="All handlers"
        value={search.handler ?? ""}
        onChange={(handler) => change({ handler: handler === "" ? undefined : handler })}
      />
      {teams.length > 0 && (
        <NativeSelect
          label="Whose"
          value={search.team ?? ALL}
          onChange={(team) => change({ team: team === ALL ? undefined : team })}
          choices={[
            { id: ALL, label: "Mine" },
            ...teams.map(({ id, name }) => ({ id, label: name })),
          ]}
        />
      )}
      {isFrom && (
        <Button icon={CloseIcon} onPress={() => change({ item: undefined, parent: undefined })}>
          {search.item === undefined ? "Of one execution" : "Of one item"}
        </Button>
      )}
    </div>
  );
}
