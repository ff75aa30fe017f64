// One execution, live, for components.

import { useCallback, useMemo, useSyncExternalStore } from "react";

import { type Head, WatchClosed, type Watch, type WatchOptions } from "../feed/index.js";
import { type ExecutionView, LiveExecution, UNSEEN } from "../live/live_execution.js";
import { useRuncast } from "./provider.js";
import { useWhose } from "./use_whose.js";

export interface UseExecutionOptions extends Pick<WatchOptions, "after" | "token" | "transport"> {
  /** How many of the latest events are kept; 1,000 if left out. */
  readonly maxEvents?: number;
}

export interface WatchedExecution extends ExecutionView {
  /** Answers an open question. */
  answer(question: string, value: unknown): Promise<Head>;
  /** Tells the handler something. */
  signal(name: string, data?: unknown): Promise<Head>;
  /** Asks for the end. */
  cancel(): Promise<Head>;
}

const MAX_EVENTS = 1000;

/** Watches an execution for as long as the component is mounted. */
export function useExecution(id: string, options: UseExecutionOptions = {}): WatchedExecution {
  const runcast = useRuncast();
  const whose = useWhose();
  const { maxEvents = MAX_EVENTS, after, token, transport } = options;
  const live = useMemo(() => {
    const how = { after, token, transport };
    return new LiveExecution((told) => runcast.watch(id, { ...how, ...told }), maxEvents);
    // Somebody else may see something else.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [runcast, id, whose, maxEvents, after, token, transport]);
  const view = useSyncExternalStore(live.subscribe, live.getSnapshot, () => UNSEEN);
  return { ...view, ...useCommands(live) };
}

function useCommands(live: LiveExecution): Omit<WatchedExecution, keyof ExecutionView> {
  const answer = useCallback(
    async (question: string, value: unknown) => watchOf(live).answer(question, value),
    [live],
  );
  const signal = useCallback(
    async (name: string, data?: unknown) => watchOf(live).signal(name, data),
    [live],
  );
  const cancel = useCallback(async () => watchOf(live).cancel(), [live]);
  return { answer, signal, cancel };
}

function watchOf({ watch }: LiveExecution): Watch {
  if (watch === null) throw new WatchClosed("nobody watches the execution any more");
  return watch;
}
