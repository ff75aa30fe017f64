// What is drawn only while it is in sight, or nearly: its place is kept.
import { type ReactNode, useEffect, useRef, useState } from "react";

import styles from "./Charts.module.css";

const NEAR = "300px";

export function InSight({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)?.isIntersecting ?? false),
      { root: place.current.parentElement, rootMargin: NEAR },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} className={styles["place"]}>
      {isNear && children}
    </div>
  );
}
