// When somebody signs in or out (here, in another tab, or because the server says so), forgets what was
// fetched and asks the routes again: their guards lead to the sign-in, or on from it.
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { proof } from "../proof.ts";
import { queries, runcast } from "../runcast.ts";
import { toast } from "../ui/toast.ts";

export function useSignedOutTurn(): void {
  const router = useRouter();
  useEffect(
    () =>
      runcast.auth.subscribe((now, before) => {
        if (now.status === before.status && now.user?.id === before.user?.id) return;
        if (before.status === "restoring") return;
        // Nobody proves for another who they are.
        proof.getState().settle?.(false);
        if (now.status === "signed-out") {
          // What is still drawn would fetch at once what was forgotten under it, and be refused.
          void queries.cancelQueries();
          void router.invalidate().finally(() => {
            if (runcast.auth.status === "signed-out") queries.clear();
          });
          return;
        }
        queries.clear();
        void router.invalidate();
        if (before.status === "signed-in" || before.reason === "replaced") {
          toast(`Another tab signed in as ${now.user?.email}, so this one is theirs now.`);
        }
      }),
    [router],
  );
}
