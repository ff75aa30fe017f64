// Why an execution is shown no more, in plain words, where it was refused for good: its link has ended, it
// was deleted, it is public no more. What may work again later is not told here.
import { WatchRefused, WatchSignedOut } from "runcast";

import { statusOf } from "../../problem.ts";

export interface Gone {
  readonly title: string;
  readonly text: string;
}

const LINK_ENDED: Gone = {
  title: "This link has ended",
  text: "It expired, was taken back, or led to what is deleted. Ask for another one where you got it.",
};
const DELETED: Gone = {
  title: "This execution is not there any more",
  text: "It was deleted, or you may not see it any more.",
};
const SIGNED_OUT: Gone = {
  title: "This execution is not public any more",
  text: "Sign in to go on, if it is yours.",
};

const UNAUTHENTICATED = 401;
const NOT_FOUND = 404;
const NO_SUCH_EXECUTION = 4404;

/** What a link has come to by which nobody sees its execution; null where it may work again. */
export function endOfLink(error: unknown): Gone | null {
  const status = statusOf(error);
  const isOver = status === UNAUTHENTICATED || status === NOT_FOUND || isRefused(error);
  return isOver ? LINK_ENDED : null;
}

/** What the feed of an execution ended with, for whoever watched it by no link. */
export function endOfWatch(error: unknown): Gone | null {
  if (error instanceof WatchSignedOut) return SIGNED_OUT;
  if (!(error instanceof WatchRefused)) return null;
  if (error.code === NO_SUCH_EXECUTION) return DELETED;
  return { title: "The server lets this page watch no more", text: error.reason };
}

function isRefused(error: unknown): boolean {
  return error instanceof WatchSignedOut || error instanceof WatchRefused;
}
