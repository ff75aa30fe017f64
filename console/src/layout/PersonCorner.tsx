// The person's corner of the navigation. Its menu is fetched when somebody reaches for it.
import type { User } from "runcast";
import { lazy, Suspense, useState } from "react";

import { PersonTrigger } from "./PersonTrigger.tsx";

const fetchMenu = () => import("./PersonMenu.tsx");

const PersonMenu = lazy(async () => ({ default: (await fetchMenu()).PersonMenu }));

export function PersonCorner({ user }: { user: User }) {
  const [isWanted, setWanted] = useState(false);
  const trigger = (
    <PersonTrigger
      name={user.name || user.email}
      aria-haspopup="menu"
      aria-expanded={false}
      onHoverStart={() => void fetchMenu()}
      onFocus={() => void fetchMenu()}
      onPress={() => setWanted(true)}
    />
  );
  if (!isWanted) return trigger;
  return (
    <Suspense fallback={trigger}>
      <PersonMenu user={user} />
    </Suspense>
  );
}
