// The same list where rows are as tall as their text: each is measured as it comes in sight.
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef } from "react";

import styles from "./FixedRows.module.css";
import type { RowsProps, Target } from "./FixedRows.tsx";

const NEAR = 4;
const OVERSCAN = 6;

export function WrappedRows(props: RowsProps) {
  const { label, count, rowHeight, draw, follows, onFollows, target, place } = props;
  const box = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    initialOffset: place?.get() ?? 0,
    // The place to which this will have scrolled is known before the browser tells it.
    rangeExtractor: (range) =>
      follows
        ? lastOf(range, Math.ceil((box.current?.clientHeight ?? 0) / rowHeight))
        : defaultRangeExtractor(range),
  });
  // Who follows stays at the end, wherever the rows above turn out to be taller than was thought.
  rows.shouldAdjustScrollPositionOnItemSizeChange = follows ? () => false : undefined;
  const shown = rows.getVirtualItems();
  const total = rows.getTotalSize();
  const placed = useRef(0);
  useLayoutEffect(() => {
    if (!follows || box.current === null) return;
    box.current.scrollTop = total;
    placed.current = box.current.scrollTop;
  });
  const went = useRef<Target | null>(null);
  useLayoutEffect(() => {
    if (target === null || target === went.current) return;
    went.current = target;
    rows.scrollToIndex(target.index, { align: "center" });
  }, [target, rows]);
  const onScroll = () => {
    const { scrollTop = 0, clientHeight = 0, scrollHeight = 0 } = box.current ?? {};
    if (follows && scrollTop < placed.current - NEAR) onFollows(false);
    const isEnd = scrollTop + clientHeight >= scrollHeight - NEAR;
    if (!follows && isEnd && scrollTop > placed.current) onFollows(true);
    if (!follows) placed.current = scrollTop;
    place?.set(scrollTop);
  };
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
      <div className={styles["wrapped"]} style={{ height: total }}>
        <div style={{ transform: `translateY(${shown[0]?.start ?? 0}px)` }}>
          {shown.map((row) => (
            <div key={row.key} data-index={row.index} ref={rows.measureElement}>
              {draw(row.index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function lastOf({ count }: Range, inSight: number): number[] {
  const first = Math.max(0, count - inSight - OVERSCAN);
  return Array.from({ length: count - first }, (_, at) => first + at);
}
