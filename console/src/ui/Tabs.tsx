// Tabs over panels, as the ARIA practices describe them: arrows, Home and End go from tab to tab. Which one
// is chosen is handed in, so that a page can keep it in the URL.
import { type KeyboardEvent, type ReactNode, useId } from "react";

import styles from "./Tabs.module.css";

export interface TabItem {
  id: string;
  label: ReactNode;
  content: ReactNode;
}

export interface TabsProps {
  label: string;
  tabs: readonly TabItem[];
  selected: string;
  onSelect: (id: string) => void;
}

export function Tabs({ label, tabs, selected, onSelect }: TabsProps) {
  const base = useId();
  const place = tabs.findIndex(({ id }) => id === selected);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = placeAfter(event.key, place, tabs.length);
    const tab = next === null ? undefined : tabs[next];
    if (next === null || tab === undefined) return;
    event.preventDefault();
    onSelect(tab.id);
    const other = event.currentTarget.parentElement?.children.item(next);
    if (other instanceof HTMLElement) other.focus();
  };
  return (
    <div className={styles["tabs"]}>
      <div role="tablist" aria-label={label} className={styles["list"]}>
        {tabs.map(({ id, label: words }) => (
          <button
            key={id}
            ref={id === selected ? bringIntoSight : null}
            type="button"
            role="tab"
            id={`${base}${id}`}
            aria-selected={id === selected}
            aria-controls={id === selected ? `${base}${id}-panel` : undefined}
            tabIndex={id === selected ? 0 : -1}
            className={styles["tab"]}
            onClick={() => onSelect(id)}
            onKeyDown={onKeyDown}
          >
            {words}
          </button>
        ))}
      </div>
      <div
        key={selected}
        role="tabpanel"
        id={`${base}${selected}-panel`}
        aria-labelledby={`${base}${selected}`}
        // The keyboard reaches what is in it, though nothing there may take the focus.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className={styles["panel"]}
      >
        {tabs[place]?.content}
      </div>
    </div>
  );
}

/** Where a key leads to from a place among so many; null, if nowhere. */
function placeAfter(key: string, place: number, count: number): number | null {
  if (key === "ArrowRight") return (place + 1) % count;
  if (key === "ArrowLeft") return (place - 1 + count) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

/** On a narrow screen the tab that the address names may be out of sight. */
function bringIntoSight(tab: HTMLElement | null): void {
  const list = tab?.parentElement;
  if (!tab || !list) return;
  // Not by `scrollIntoView`: from what that shows, Chromium has the Tab key go on.
  const frame = list.getBoundingClientRect();
  const { left, right } = tab.getBoundingClientRect();
  if (left < frame.left) list.scrollLeft -= frame.left - left;
  else if (right > frame.right) list.scrollLeft += right - frame.right;
}
