// Who is signed in on this page, as the frame and the pages show it.
import type { User } from "runcast";
import { useStore } from "zustand";

import { runcast } from "./runcast.ts";

export function useUser(): User | null {
  return useStore(runcast.auth, ({ user }) => user);
}
