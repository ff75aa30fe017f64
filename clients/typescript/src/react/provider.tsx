// The Runcast of a React tree.

import { createContext, type ReactNode, useContext, useEffect } from "react";

import type { Runcast } from "../runcast.js";

const Context = createContext<Runcast | null>(null);

export interface RuncastProviderProps {
  readonly runcast: Runcast;
  readonly children?: ReactNode;
}

/** Hands a Runcast to the hooks below it, and finds out who is signed in. */
export function RuncastProvider({ runcast, children }: RuncastProviderProps): ReactNode {
  useEffect(() => {
    // Where the server cannot say now, the next request asks again.
    runcast.auth.restore().catch(() => undefined);
  }, [runcast]);
  return <Context.Provider value={runcast}>{children}</Context.Provider>;
}

/** Returns the Runcast of this tree. Throws outside of a RuncastProvider. */
export function useRuncast(): Runcast {
  const runcast = useContext(Context);
  if (runcast === null) throw new Error("There is no RuncastProvider around this component.");
  return runcast;
}
