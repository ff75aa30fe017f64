// How many executions stand in each state, each a way to their list.
import { Link } from "@tanstack/react-router";
import type { State, Stats } from "runcast";

import { StateBadge } from "../ui/Badge.tsx";
import styles from "./Overview.module.css";
import type { OverviewSearch } from "./search.ts";

const STATES: readonly State[] = [
  "running",
  "waiting",
  "queued",
  "failed",
  "succeeded",
  "cancelled",
];

export interface StateCountsProps {
  states: Stats["states"];
  search: OverviewSearch;
}

export function StateCounts({ states, search: { team } }: StateCountsProps) {
  return (
    <ul className={styles["counts"]} aria-label="Executions by state">
      {STATES.map((state) => (
        <li key={state} className={styles["count"]}>
          <StateBadge state={state} />
          <Link
            to="/executions"
            search={team === undefined ? { state } : { state, team }}
            className={styles["number"]}
          >
            {words(states[state])}
            <span className="visually-hidden">{` ${state}`}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function words(counted: Stats["states"][State]): string {
  const { count = 0, at_least: isMore = false } = counted ?? {};
  return `${count.toLocaleString("en")}${isMore ? "+" : ""}`;
}
