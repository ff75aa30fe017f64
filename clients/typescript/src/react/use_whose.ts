// Whether what is shown is still for the same person.

import { useState } from "react";

import { useAuth } from "./use_auth.js";

/** Returns a number that changes when somebody else is signed in, or nobody is any more. */
export function useWhose(): number {
  const { status, user } = useAuth();
  const now = status === "restoring" ? status : (user?.id ?? "");
  const [seen, setSeen] = useState({ who: now, changes: 0 });
  if (now === seen.who) return seen.changes;
  // What was asked for while that was restored is theirs already.
  const changes = seen.who === "restoring" ? seen.changes : seen.changes + 1;
  setSeen({ who: now, changes });
  return changes;
}
