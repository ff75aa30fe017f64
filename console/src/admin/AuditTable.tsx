// Entries of the audit log: one's own under one's account, everybody's for administrators.
import type { AuditEntry } from "runcast";
import type { ReactNode } from "react";

import { deviceOf } from "../account/device.ts";
import { Badge } from "../ui/Badge.tsx";
import { Listing, type ListingProps } from "../ui/Listing.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import type { Column } from "../ui/Table.tsx";
import styles from "./Admin.module.css";
import { actionWords, detailWords, isRefusal } from "./audit_words.ts";

export interface AuditTableProps {
  query: ListingProps<AuditEntry>["query"];
  empty: ReactNode;
  /** Columns that only administrators have a use for. */
  others?: readonly Column<AuditEntry>[];
}

export function AuditTable({ query, empty, others }: AuditTableProps) {
  return (
    <Listing
      label="Entries"
      query={query}
      columns={[AT, WHAT, ...(others ?? []), FROM]}
      rowKey={(entry) => entry.id}
      empty={empty}
    />
  );
}

const AT: Column<AuditEntry> = {
  id: "at",
  header: "When",
  width: "fit",
  cell: (entry) => <RelativeTime at={entry.at} />,
};

const WHAT: Column<AuditEntry> = {
  id: "what",
  header: "What",
  cell: ({ action, details, names }) => (
    <span className={styles["texts"]}>
      <span className={styles["line"]}>
        {actionWords(action)}
        {isRefusal(action) && <Badge tone="warning">Refused</Badge>}
      </span>
      <span className={styles["muted"]}>{detailWords(details, names)}</span>
    </span>
  ),
};

const FROM: Column<AuditEntry> = {
  id: "from",
  header: "From",
  cell: ({ address, user_agent }) => (
    <span className={styles["texts"]}>
      <span>{address || "This server"}</span>
      {user_agent !== "" && (
        <span className={styles["muted"]} title={user_agent}>
          {deviceOf(user_agent)}
        </span>
      )}
    </span>
  ),
};
