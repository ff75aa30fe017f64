// One's own sessions: this one marked; any of them, or all others, to be ended.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Session } from "runcast";
import { useState } from "react";

import { usePages } from "../pages.ts";
import { api, runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { toast } from "../ui/toast.ts";
import { SessionsTable } from "./SessionsTable.tsx";

const KEY = ["sessions"];

export function SessionsPart() {
  const fetched = useQueryClient();
  const sessions = usePages(KEY, (query, signal) => api.listSessions({ query, signal }));
  const [isOpen, setOpen] = useState(false);
  const ending = useMutation({
    mutationFn: endSession,
    onSuccess: () => fetched.invalidateQueries({ queryKey: KEY }),
  });
  const endOthers = async () => {
    await api.endOtherSessions();
    await fetched.invalidateQueries({ queryKey: KEY });
    toast("You are signed out everywhere else");
  };
  return (
    <Section
      title="Sessions"
      description="Every browser and program in which you are signed in."
      actions={<Button onPress={() => setOpen(true)}>End all others</Button>}
      flush
    >
      {ending.error && <Problem error={ending.error} />}
      <SessionsTable query={sessions} onEnd={ending.mutate} />
      <ConfirmDialog
        title="End all other sessions"
        confirm="End the others"
        isOpen={isOpen}
        onOpenChange={setOpen}
        onConfirm={endOthers}
      >
        Wherever else you are signed in, you are asked to sign in again. API keys go on working.
      </ConfirmDialog>
    </Section>
  );
}

/** This one's end is a sign-out, which every tab hears of. */
async function endSession(session: Session): Promise<void> {
  if (session.current) return runcast.auth.logout();
  await api.endSession({ path: { session_id: session.id } });
  toast("The session is ended");
  return undefined;
}
