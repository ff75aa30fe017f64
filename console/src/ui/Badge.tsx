// A word or two in a tinted frame; and the states of executions, each with a drawing, so that colour
// alone says nothing.
import type { ReactNode } from "react";

import styles from "./Badge.module.css";
import { classes } from "./classes.ts";
import {
  CheckCircleIcon,
  ClockIcon,
  CrossCircleIcon,
  type Icon,
  PauseIcon,
  RunningIcon,
  SlashIcon,
} from "./icons.tsx";

export type BadgeTone = "neutral" | "info" | "success" | "warning" | "danger";

export interface BadgeProps {
  tone?: BadgeTone;
  icon?: Icon;
  children: ReactNode;
}

export function Badge({ tone = "neutral", icon: Drawn, children }: BadgeProps) {
  return (
    <span className={classes(styles["badge"], styles[tone])}>
      {Drawn && <Drawn size={12} />}
      {children}
    </span>
  );
}

export type State = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";

const STATES: Record<State, { tone: BadgeTone; icon: Icon; word: string }> = {
  queued: { tone: "neutral", icon: ClockIcon, word: "Queued" },
  running: { tone: "info", icon: RunningIcon, word: "Running" },
  waiting: { tone: "warning", icon: PauseIcon, word: "Waiting" },
  succeeded: { tone: "success", icon: CheckCircleIcon, word: "Succeeded" },
  failed: { tone: "danger", icon: CrossCircleIcon, word: "Failed" },
  cancelled: { tone: "neutral", icon: SlashIcon, word: "Cancelled" },
};

export interface StateBadgeProps {
  state: State;
  /** Whether it asks a person something: that is then what it waits for, though it may still run. */
  asks?: boolean;
}

const ASKS: (typeof STATES)[State] = { ...STATES.waiting, word: "Waiting for an answer" };

export function StateBadge({ state, asks = false }: StateBadgeProps) {
  const isAsking = asks && (state === "running" || state === "waiting");
  const { tone, icon: Drawn, word } = isAsking ? ASKS : STATES[state];
  return (
    <span className={classes(styles["badge"], styles[tone])} data-state={state}>
      <Drawn size={12} className={Drawn === RunningIcon ? (styles["turning"] ?? "") : ""} />
      {word}
    </span>
  );
}

/** The word of a state as it stands in a sentence or a filter. */
export function stateWord(state: State): string {
  return STATES[state].word;
}
