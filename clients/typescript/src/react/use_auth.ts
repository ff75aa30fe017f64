// Who is signed in, for components.

import { useSyncExternalStore } from "react";

import type { Auth, AuthState } from "../auth/auth.js";
import { useRuncast } from "./provider.js";

/** Returns who is signed in, and the verbs: `const { status, user, auth } = useAuth()`. */
export function useAuth(): AuthState & { readonly auth: Auth } {
  const { auth } = useRuncast();
  const state = useSyncExternalStore(auth.subscribe, auth.getState, auth.getInitialState);
  return { ...state, auth };
}
