// The ways to the pages: a rail on wide screens, a bar at the foot of narrow ones, where what is needed
// less often waits in the person's menu.
import { Link } from "@tanstack/react-router";

import { SignInHere } from "../ui/SignInHere.tsx";
import { ADMINISTRATION, DAILY, type Destination, OTHERS } from "./destinations.ts";
import { Mark } from "../ui/Mark.tsx";
import { useUser } from "../useUser.ts";
import styles from "./Navigation.module.css";
import { PersonCorner } from "./PersonCorner.tsx";

export function Navigation() {
  const user = useUser();
  return (
    <header className={styles["rail"]}>
      <Link to="/" className={styles["brand"]} aria-label="Runcast, overview">
        <Mark />
        <span>Runcast</span>
      </Link>
      {user === null ? (
        <SignInHere />
      ) : (
        <>
          <nav aria-label="Pages" className={styles["pages"]}>
            <Places places={DAILY} />
            <div className={styles["rare"]}>
              <Places places={OTHERS} />
              {user.is_admin && (
                <>
                  <h2 className={styles["heading"]}>Administration</h2>
                  <Places places={ADMINISTRATION} />
                </>
              )}
            </div>
          </nav>
          <PersonCorner user={user} />
        </>
      )}
    </header>
  );
}

function Places({ places }: { places: readonly Destination[] }) {
  return (
    <ul className={styles["places"]}>
      {places.map(({ to, label, icon: Drawn }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: to === "/" }} className={styles["place"]}>
            <Drawn />
            <span>{label}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
