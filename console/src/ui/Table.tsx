// A table of rows that may be links. Below 640 px each row becomes a card, with the headers beside the
// values that do not speak for themselves.
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef, type ReactNode } from "react";

import { classes } from "./classes.ts";
import styles from "./Table.module.css";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** `fit` is as narrow as its content; the others share what is left. */
  width?: "fit";
  align?: "end";
  /** In a card without its header: `title` at its head, `line` one behind the other. */
  card?: "title" | "line";
  /** Keeps the header for screen readers alone: for a column of buttons. */
  hideHeader?: boolean;
}

export interface TableProps<Row> {
  /** What the rows are, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <table className={styles["table"]} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.id} scope="col" className={look(column)}>
              <span className={column.hideHeader ? "visually-hidden" : undefined}>
                {column.header}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map((column) => (
              <td
                key={column.id}
                className={look(column)}
                data-label={column.hideHeader || column.card ? undefined : column.header}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function look({ width, align, card }: Pick<Column<never>, "width" | "align" | "card">): string {
  return classes(width && styles[width], align && styles[align], card && styles[card]);
}

const PlainRowLink = forwardRef<HTMLAnchorElement, AnchorHTMLAttributes<HTMLAnchorElement>>(
  function PlainRowLink({ className, children, ...rest }, ref) {
    return (
      <a {...rest} ref={ref} className={classes(styles["rowLink"], className)}>
        {children}
      </a>
    );
  },
);

/** A link that takes the clicks of its whole row. Buttons and links in the same row stay above it. */
export const RowLink = createLink(PlainRowLink);
