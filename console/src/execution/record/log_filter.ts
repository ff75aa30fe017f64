// Which lines of a log somebody wants to see.
import type { Level } from "./levels.ts";

export interface LogFilter {
  readonly level: Level;
  /** A stream; "log" is what was logged; null is everything. */
  readonly stream: string | null;
  readonly step: string | null;
  readonly showSuperseded: boolean;
}

export const EVERYTHING: LogFilter = {
  level: "debug",
  stream: null,
  step: null,
  showSuperseded: false,
};
