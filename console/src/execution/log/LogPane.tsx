// The log: its tools above, its lines below.
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";

import { isTaken } from "../../layout/shortcuts.ts";
import { useModel, useShown } from "../live/useModel.ts";
import { Pane } from "../Pane.tsx";
import { EVERYTHING } from "../record/log_filter.ts";
import { LogView } from "../record/log_view.ts";
import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { FixedRows, type Target } from "./FixedRows.tsx";
import { LogLine } from "./LogLine.tsx";
import styles from "./LogPane.module.css";
import type { LogLook } from "./look.ts";
import { LogTools } from "./LogTools.tsx";
import type { Place } from "./place.ts";
import { type Matches, useMatches } from "./useMatches.ts";

// Rows of many heights take a library to place them; most screens have room for lines as they are.
const WrappedRows = lazy(async () => ({
  default: (await import("./WrappedRows.tsx")).WrappedRows,
}));

export const ROW_HEIGHT = 20;

export interface LogPaneProps {
  look: LogLook;
  onLook: (change: Partial<LogLook>) => void;
  /** Where the log was left when another pane was looked at. */
  place: Place;
}

export function LogPane({ look, onLook, place }: LogPaneProps) {
  const model = useModel();
  const view = useMemo(
    () => new LogView(model.record.log, model.record.superseded, look.filter),
    [model, look.filter],
  );
  const [target, setTarget] = useState<Target | null>(null);
  const { change, hold } = useHeldFollow(look, onLook);
  const goTo = (row: number) => {
    hold();
    view.length(model.asOf);
    setTarget({ index: view.indexOf(row) });
  };
  const matches = useMatches(look.query, view, goTo);
  useFollowKeys(look.follows, (follows) => change({ follows }));
  useEndOfMoment(() => change({ follows: true }));
  return (
    <Pane head={<LogTools look={look} onLook={change} matches={matches} view={view} />}>
      <Lines
        look={look}
        onLook={onLook}
        view={view}
        matches={matches}
        target={target}
        place={place}
      />
    </Pane>
  );
}

interface LinesProps extends LogPaneProps {
  view: LogView;
  matches: Matches;
  target: Target | null;
}

function Lines({ look, onLook, view, matches, target, place }: LinesProps) {
  const model = useModel();
  useShown((shown) => shown.version);
  const count = view.length(model.asOf);
  const { log } = model.record;
  const draw = (index: number) => {
    const row = view.rowAt(index);
    const { at, level, source, stream, continued, attempt } = log.rowAt(row);
    const before = index === 0 ? attempt : log.rowAt(view.rowAt(index - 1)).attempt;
    return (
      <LogLine
        text={log.textOf(row, model.asOf)}
        at={at}
        level={level}
        source={source}
        stream={stream}
        continued={continued}
        needle={look.query}
        isCurrent={row === matches.current}
        isWrapped={look.wraps}
        newAttempt={attempt > before && attempt > 1 ? attempt : null}
      />
    );
  };
  const Rows = look.wraps ? WrappedRows : FixedRows;
  return (
    <div className={styles["lines"]}>
      <Suspense>
        <Rows
          label="Log"
          count={count}
          rowHeight={ROW_HEIGHT}
          draw={draw}
          follows={look.follows}
          onFollows={(follows) => onLook({ follows })}
          target={target}
          place={place}
        />
      </Suspense>
      {count === 0 && (
        <Nothing
          isFiltered={model.record.log.end > 0}
          onClear={() => onLook({ filter: EVERYTHING })}
        />
      )}
    </div>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  return (
    <div className={styles["nothing"]}>
      {isFiltered ? (
        <Empty
          title="No line fits the filters"
          actions={<Button onPress={onClear}>Clear the filters</Button>}
        />
      ) : (
        <Empty title="Nothing has been logged yet" />
      )}
    </div>
  );
}

/** A search holds the log where it has found something, until it is cleared. */
function useHeldFollow(look: LogLook, onLook: LogPaneProps["onLook"]) {
  const isHeld = useRef(false);
  const hold = () => {
    isHeld.current ||= look.follows;
    onLook({ follows: false });
  };
  const change = (part: Partial<LogLook>) => {
    const goesOn = part.query === "" && isHeld.current;
    if (goesOn || part.follows !== undefined) isHeld.current = false;
    onLook(goesOn ? { ...part, follows: true } : part);
  };
  return { change, hold };
}

/** Whoever goes to a moment sees its last line, wherever the log stood before. */
function useEndOfMoment(onSeek: () => void): void {
  const seeks = useShown((model) => model.seeks);
  const seen = useRef(seeks);
  useEffect(() => {
    if (seen.current === seeks) return;
    seen.current = seeks;
    onSeek();
  });
}

/** `f` follows the end or lets it go; End goes there. */
function useFollowKeys(follows: boolean, follow: (follows: boolean) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      if (event.key === "f") follow(!follows);
      if (event.key === "End") follow(true);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [follows, follow]);
}
