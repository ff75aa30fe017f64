// An invitation in words.
import type { InvitationPreview } from "runcast";

import { Note } from "../ui/Note.tsx";
import { toast } from "../ui/toast.ts";

export function wordsOf({ inviter_name, team_name, role }: InvitationPreview): string {
  const as = role === null ? "" : ` as ${role}`;
  return `${inviter_name} invites you to ${team_name ?? "Runcast"}${as}.`;
}

/** Greets who has come in by it. */
export function greet({ team_name }: InvitationPreview): void {
  toast(team_name === null ? "The invitation is accepted." : `You joined ${team_name}.`);
}

/** Says that a code is used, too old or taken back. */
export function InvitationOver() {
  return (
    <Note tone="warning" role="status" title="This invitation is not good any more">
      It was used, has run out, or was taken back. Ask who invited you for another one.
    </Note>
  );
}
