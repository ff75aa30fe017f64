// What one can do with the log: search it, choose what of it is shown, follow it, take it along.
import type { KeyboardEvent } from "react";

import { openShortcuts } from "../../layout/help.ts";
import { useAccess } from "../access.ts";
import { useModel, useShown } from "../live/useModel.ts";
import { LEVELS } from "../record/levels.ts";
import type { LogView } from "../record/log_view.ts";
import { Button, IconButton } from "../../ui/Button.tsx";
import { KeyboardIcon } from "../../ui/icons.tsx";
import { NativeSelect, type NativeChoice } from "../../ui/NativeSelect.tsx";
import { useUser } from "../../useUser.ts";
import {
  ChevronDownIcon,
  CloseIcon,
  CopyIcon,
  DownloadIcon,
  FollowIcon,
  ChevronUpIcon,
  WrapIcon,
} from "./icons.tsx";
import { ToggleButton } from "./ToggleButton.tsx";
import { allOf, lastOf } from "./listed.ts";
import styles from "./LogTools.module.css";
import type { LogLook } from "./look.ts";
import { copyLog, downloadLog } from "./take_along.ts";
import type { Matches } from "./useMatches.ts";

const LEVEL_CHOICES: readonly NativeChoice[] = [
  { id: "debug", label: "All levels" },
  { id: "info", label: "Info and louder" },
  { id: "warning", label: "Warnings and errors" },
  { id: "error", label: "Errors" },
];

export interface LogToolsProps {
  look: LogLook;
  onLook: (change: Partial<LogLook>) => void;
  matches: Matches;
  view: LogView;
}

export function LogTools({ look, onLook, matches, view }: LogToolsProps) {
  const model = useModel();
  return (
    <div className={styles["tools"]} role="toolbar" aria-label="Log">
      <Search look={look} onLook={onLook} matches={matches} />
      <Filters look={look} onLook={onLook} />
      <div className={styles["buttons"]}>
        <ToggleButton
          label="Follow the end (f)"
          icon={FollowIcon}
          isOn={look.follows}
          onChange={(follows) => onLook({ follows })}
        />
        <ToggleButton
          label="Wrap long lines"
          icon={WrapIcon}
          isOn={look.wraps}
          onChange={(wraps) => onLook({ wraps })}
        />
        <IconButton
          small
          label="Copy the lines shown"
          icon={CopyIcon}
          onPress={() => void copyLog(model, view)}
        />
        <IconButton
          small
          label="Download the lines shown"
          icon={DownloadIcon}
          onPress={() => void downloadLog(model, view)}
        />
        <Keys />
      </div>
    </div>
  );
}

/** Leads to the list of keys, for who has no menu of their own that does. */
function Keys() {
  const user = useUser();
  const { isShared } = useAccess();
  if (user !== null && !isShared) return null;
  return (
    <IconButton small label="Keyboard shortcuts" icon={KeyboardIcon} onPress={openShortcuts} />
  );
}

function Search({ look, onLook, matches }: Pick<LogToolsProps, "look" | "onLook" | "matches">) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") (event.shiftKey ? matches.previous : matches.next)();
    if (event.key === "Escape") onLook({ query: "" });
  };
  return (
    <div className={styles["search"]} role="search">
      <input
        type="search"
        className={styles["field"]}
        aria-label="Search the log"
        placeholder="Search the log"
        value={look.query}
        onChange={(event) => onLook({ query: event.target.value })}
        onKeyDown={onKeyDown}
      />
      <span className={styles["count"]} role="status">
        {look.query !== "" && countWords(matches)}
      </span>
      {look.query !== "" && (
        <>
          <IconButton
            small
            label="Previous match"
            icon={ChevronUpIcon}
            onPress={matches.previous}
          />
          <IconButton small label="Next match" icon={ChevronDownIcon} onPress={matches.next} />
          <IconButton
            small
            label="Clear the search"
            icon={CloseIcon}
            onPress={() => onLook({ query: "" })}
          />
        </>
      )}
    </div>
  );
}

function countWords({ count, place, isDone }: Matches): string {
  const more = isDone ? "" : "+";
  if (place > 0) return `${place} of ${count}${more}`;
  return count === 0 ? (isDone ? "No match" : "Searching") : `${count}${more}`;
}

function Filters({ look, onLook }: Pick<LogToolsProps, "look" | "onLook">) {
  const { filter } = look;
  const change = (part: Partial<typeof filter>) => onLook({ filter: { ...filter, ...part } });
  const steps = useShown((model) => model.record.log.steps.all.length);
  const streams = useShown((model) => model.record.log.streams.all.length);
  const superseded = useShown((model) => model.record.superseded.countAt(model.asOf));
  const model = useModel();
  return (
    <div className={styles["filters"]}>
      <NativeSelect
        small
        label="Level"
        value={filter.level}
        onChange={(level) => change({ level: LEVELS.find((each) => each === level) ?? "debug" })}
        choices={LEVEL_CHOICES}
      />
      {streams > 0 && (
        <NativeSelect
          small
          label="Source"
          value={filter.stream ?? ""}
          onChange={(stream) => change({ stream: stream === "" ? null : stream })}
          choices={[
            allOf("sources", streams),
            { id: "log", label: "Log messages" },
            ...lastOf(model.record.log.streams.all, filter.stream === "log" ? null : filter.stream),
          ]}
        />
      )}
      {steps > 0 && (
        <NativeSelect
          small
          label="Step"
          value={filter.step ?? ""}
          onChange={(step) => change({ step: step === "" ? null : step })}
          choices={[allOf("steps", steps), ...lastOf(model.record.log.steps.all, filter.step)]}
        />
      )}
      {superseded > 0 && (
        <Button
          small
          tone="quiet"
          onPress={() => change({ showSuperseded: !filter.showSuperseded })}
        >
          {filter.showSuperseded ? "Hide earlier attempts" : "Show earlier attempts"}
        </Button>
      )}
    </div>
  );
}
