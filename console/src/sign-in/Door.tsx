// The frame of the pages outside: a card in the middle of the screen, under the mark.
import { type ReactNode, useEffect, useId } from "react";

import { Mark } from "../ui/Mark.tsx";
import { useArrival } from "../ui/useArrival.ts";
import styles from "./Door.module.css";

export interface DoorProps {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** The ways to the other pages, below the card. */
  foot?: ReactNode;
}

export function Door({ title, description, children, foot }: DoorProps) {
  // Another door is another step, though its title may be the same.
  const heading = useArrival(`${useId()} ${title}`);
  useEffect(() => {
    document.title = `${title} · Runcast`;
  }, [title]);
  return (
    <main className={styles["door"]}>
      <Mark size={36} />
      <div className={styles["card"]}>
        <header className={styles["head"]}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {description !== undefined && <p className={styles["description"]}>{description}</p>}
        </header>
        {children}
      </div>
      {foot !== undefined && (
        <nav className={styles["foot"]} aria-label="Other ways">
          {foot}
        </nav>
      )}
    </main>
  );
}

/** A line with a word in its middle, between ways to sign in. */
export function Or() {
  return <div className={styles["or"]}>or</div>;
}

/** Buttons below each other, as wide as the card. */
export function Ways({ children }: { children: ReactNode }) {
  return <div className={styles["ways"]}>{children}</div>;
}
