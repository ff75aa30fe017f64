// When somebody signs in or out (here, in another tab, or because the server says so), forgets what was
// fetched and asks the routes again: their guards lead to the sign-in, or on from it.
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { queries, runcast } from "../runcast.ts";

export function useSignedOutTurn(): void {
  const router = useRouter();
  useEffect(
    () =>
      runcast.auth.subscribe((now, before) => {
        if (now.status === before.status && now.user?.id === before.user?.id) return;
        if (before.status === "restoring") return;
        queries.clear();
        void router.invalidate();
      }),
    [router],
  );
}
