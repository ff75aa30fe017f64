// The frame around the pages: navigation on the left (below, on narrow screens), the page beside it. What
// one person has typed or opened there is not handed on to another.
import { Outlet } from "@tanstack/react-router";

import { Navigation } from "./Navigation.tsx";
import styles from "./Shell.module.css";
import { Shortcuts } from "./Shortcuts.tsx";
import { usePeople } from "./usePeople.ts";

export function Shell() {
  const people = usePeople();
  return (
    <div className={styles["shell"]}>
      <a href="#main" className={styles["skip"]}>
        Skip to the page
      </a>
      <Navigation />
      <main id="main" tabIndex={-1} className={styles["main"]}>
        <Outlet key={people} />
      </main>
      <Shortcuts />
    </div>
  );
}
