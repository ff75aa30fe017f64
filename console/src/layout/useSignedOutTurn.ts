// When a sign-in ends (here, in another tab, or because the server says so), forgets what was fetched and
// asks the routes again: their guards lead to the sign-in.
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { queries, runcast } from "../runcast.ts";

export function useSignedOutTurn(): void {
  const router = useRouter();
  useEffect(() => {
    let before = runcast.auth.status;
    const stop = runcast.auth.subscribe(() => {
      const now = runcast.auth.status;
      if (before === now) return;
      const isTurn = before === "signed-in" || before === "signed-out";
      before = now;
      if (!isTurn) return;
      queries.clear();
      void router.invalidate();
    });
    return () => {
      stop();
    };
  }, [router]);
}
