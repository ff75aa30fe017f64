// Who is signed in on this page, as the frame and the pages show it.
import { useSyncExternalStore } from "react";

import { runcast } from "../runcast.ts";

export function useUser() {
  return useSyncExternalStore(runcast.auth.subscribe, () => runcast.auth.user);
}
