// What of the executions is listed; kept in the address.
import { useQuery } from "@tanstack/react-query";

import { handlersQuery } from "../../handlers.ts";
import { compact } from "../../search.ts";
import { WhoseExecutions } from "../../teams/WhoseExecutions.tsx";
import { stateWord } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { ComboBox } from "../../ui/ComboBox.tsx";
import { CloseIcon } from "../../ui/icons.tsx";
import { NativeSelect } from "../../ui/NativeSelect.tsx";
import { type ExecutionsSearch, STATES } from "../search.ts";
import styles from "./ExecutionFilters.module.css";

export interface ExecutionFiltersProps {
  search: ExecutionsSearch;
  onSearch: (search: ExecutionsSearch) => void;
}

const ALL = "all";
const CHOICES = [
  { id: ALL, label: "All states" },
  ...STATES.map((state) => ({ id: state, label: stateWord(state) })),
];

export function ExecutionFilters({ search, onSearch }: ExecutionFiltersProps) {
  const handlers = useQuery(handlersQuery);
  const change = (part: {
    [Name in keyof ExecutionsSearch]?: ExecutionsSearch[Name] | undefined;
  }) => onSearch(compact({ ...search, ...part }));
  const isFrom = search.item !== undefined || search.parent !== undefined;
  return (
    <div className={styles["filters"]} role="search">
      <NativeSelect
        label="State"
        hideLabel
        choices={CHOICES}
        value={search.state ?? ALL}
        onChange={(state) => change({ state: STATES.find((each) => each === state) })}
      />
      <ComboBox
        label="Handler"
        hideLabel
        choices={(handlers.data ?? []).map(({ name }) => ({ id: name, label: name }))}
        placeholder="All handlers"
        value={search.handler ?? ""}
        onChange={(handler) => change({ handler: handler === "" ? undefined : handler })}
      />
      <WhoseExecutions whose={search} onChange={change} />
      {isFrom && (
        <Button icon={CloseIcon} onPress={() => change({ item: undefined, parent: undefined })}>
          {search.item === undefined ? "Of one execution" : "Of one item"}
        </Button>
      )}
    </div>
  );
}
