// How many people have been signed in here, one after the other.
import { useState } from "react";

import { useUser } from "../useUser.ts";

/** Returns a number that rises when somebody signs in who is not who was here before. */
export function usePeople(): number {
  const id = useUser()?.id;
  const [seen, setSeen] = useState({ id, people: 0 });
  if (id === undefined || id === seen.id) return seen.people;
  const people = seen.id === undefined ? seen.people : seen.people + 1;
  setSeen({ id, people });
  return people;
}
