// How somebody looks at the log: what of it is shown, searched for, followed.
import { EVERYTHING, type LogFilter } from "../record/log_filter.ts";

export interface LogLook {
  readonly filter: LogFilter;
  readonly query: string;
  readonly follows: boolean;
  readonly wraps: boolean;
}

export const FIRST_LOOK: LogLook = { filter: EVERYTHING, query: "", follows: true, wraps: false };
