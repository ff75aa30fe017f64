// The frame around the pages: navigation on the left (below, on narrow screens), the page beside it.
import { Outlet } from "@tanstack/react-router";

import { Navigation } from "./Navigation.tsx";
import styles from "./Shell.module.css";
import { Shortcuts } from "./Shortcuts.tsx";

export function Shell() {
  return (
    <div className={styles["shell"]}>
      <a href="#main" className={styles["skip"]}>
        Skip to the page
      </a>
      <Navigation />
      <main id="main" tabIndex={-1} className={styles["main"]}>
        <Outlet />
      </main>
      <Shortcuts />
    </div>
  );
}
