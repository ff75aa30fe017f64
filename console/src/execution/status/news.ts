// What who listens to the page instead of looking at it is told of an execution: that its state changed,
// that it asks something, that the server was lost or is back. Never what its log says. Pure.
import { stateWord } from "../../ui/Badge.tsx";
import type { ExecutionModel } from "../live/execution_model.ts";
import { type Entry, errorOf, type StateChange } from "../record/journal.ts";

/** What news is a change of. */
export interface Moment {
  readonly state: StateChange | null;
  /** The last question of those that are open. */
  readonly question: Entry | null;
  readonly isLost: boolean;
}

/** How it stands now; null while the past is told, be it a backlog or a replay. */
export function momentOf(model: ExecutionModel, isLost: boolean): Moment | null {
  if (model.replay !== null || !isUpToDate(model)) return null;
  return {
    state: model.journal.stateAt(Infinity),
    question: model.journal.openQuestionsAt(Infinity).at(-1) ?? null,
    isLost,
  };
}

/** Whether all is known that there was: now, or when the server was lost. */
function isUpToDate({ live }: ExecutionModel): boolean {
  const { phase } = live.status;
  return phase === "live" || phase === "ended" || live.lostAt !== null;
}

/** What has changed, in words; none where nothing has. */
export function newsBetween(before: Moment, now: Moment): string {
  return [connectionNews(before, now), stateNews(before, now), questionNews(before, now)]
    .filter((words) => words !== null)
    .join(". ");
}

function connectionNews(before: Moment, now: Moment): string | null {
  if (now.isLost === before.isLost) return null;
  return now.isLost ? "Lost the server" : "The server is back";
}

function stateNews(before: Moment, { state }: Moment): string | null {
  if (state === null || state.state === before.state?.state) return null;
  const error = errorOf(state.event.data);
  return error === null ? stateWord(state.state) : `${stateWord(state.state)}: ${error}`;
}

function questionNews(before: Moment, { question }: Moment): string | null {
  if (question === null || question.seq <= (before.question?.seq ?? 0)) return null;
  return `Asks: ${question.name}`;
}
