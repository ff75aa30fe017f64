// A list of any length of which only the rows in sight are drawn. It can follow its end as it grows, until
// somebody scrolls up, and go to a row.
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

import styles from "./FixedRows.module.css";
import type { Place } from "./place.ts";
import { laidOutHeight, lastScrollTop, scrollTopOf, windowAt } from "./rows.ts";
import { useHeight } from "./useHeight.ts";

const NEAR = 4;

/** Somewhere to go: a new object goes there again. */
export interface Target {
  readonly index: number;
}

export interface RowsProps {
  label: string;
  count: number;
  rowHeight: number;
  draw: (index: number) => ReactNode;
  follows: boolean;
  onFollows: (follows: boolean) => void;
  target: Target | null;
  /** Where it was left when it was last in sight. */
  place?: Place;
}

export function FixedRows(props: RowsProps) {
  const { label, count, rowHeight, draw, follows, onFollows, target, place } = props;
  const box = useRef<HTMLDivElement>(null);
  const height = useHeight(box);
  const frame = { count, rowHeight, height };
  const end = lastScrollTop(frame);
  const [scrolled, setScrolled] = useState(() => place?.get() ?? 0);
  const placed = useRef(0);
  const top = follows ? end : Math.min(scrolled, end);
  const { first, end: behind, origin } = windowAt(frame, top);

  useLayoutEffect(() => {
    if (!follows || box.current === null) return;
    box.current.scrollTop = end;
    placed.current = box.current.scrollTop;
  }, [follows, end, placed]);
  const returned = useRef(false);
  useLayoutEffect(() => {
    if (returned.current || height === 0 || box.current === null) return;
    returned.current = true;
    if (place !== undefined && !follows) box.current.scrollTop = place.get();
  }, [place, height, follows]);
  const went = useRef<Target | null>(null);
  useLayoutEffect(() => {
    if (target === null || target === went.current || box.current === null || height === 0) return;
    went.current = target;
    const wanted = scrollTopOf({ count, rowHeight, height }, target.index);
    box.current.scrollTop = wanted;
    setScrolled(wanted);
  }, [target, count, rowHeight, height]);

  const onScroll = () => {
    const at = box.current?.scrollTop ?? 0;
    // What follows is placed already; to draw it again for that would be done at every frame.
    if (follows && at >= placed.current - NEAR) return;
    setScrolled(at);
    place?.set(at);
    if (follows) onFollows(false);
    if (!follows && at > scrolled && at >= end - NEAR) onFollows(true);
  };
  const indexes = Array.from({ length: Math.max(0, behind - first) }, (_, at) => first + at);
  return (
    <div
      ref={box}
      className={styles["box"]}
      role="region"
      aria-label={label}
      // What scrolls takes the focus, so that the keyboard reaches all of it.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={onScroll}
    >
      <div className={styles["all"]} style={{ height: laidOutHeight(frame) }}>
        {/* Rows keep their place while others come and go, so that they are painted once. */}
        {indexes.map((index) => (
          <div
            key={index}
            className={styles["row"]}
            style={{ transform: `translateY(${origin + index * rowHeight}px)` }}
          >
            {draw(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
