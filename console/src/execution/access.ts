// What a visitor may do with an execution, and through which client: as who is signed in, or as whoever
// holds a share link, who watches and does nothing else.
import { createContext, useContext } from "react";
import type { Runcast } from "runcast";

export interface Access {
  readonly executionId: string;
  readonly runcast: Runcast;
  /** Whether there is somebody who may act at all; the server says what exactly. */
  readonly mayAct: boolean;
  /** Whether a share link shows it, and not an account. */
  readonly isShared: boolean;
}

export const AccessContext = createContext<Access | null>(null);

export function useAccess(): Access {
  const access = useContext(AccessContext);
  if (access === null) throw new Error("there is no execution around this");
  return access;
}
