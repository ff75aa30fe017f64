// Entries of the audit log: one's own under one's account, everybody's for administrators.
import type { AuditEntry } from "runcast";
import type { ReactNode } from "react";

import { Badge } from "../ui/Badge.tsx";
import { deviceOf } from "../ui/device.ts";
import { Listing, type ListingProps } from "../ui/Listing.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import type { Column } from "../ui/Table.tsx";
import { TwoLines } from "../ui/TwoLines.tsx";
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
    <TwoLines below={detailWords(details, names)}>
      {actionWords(action)}
      {isRefusal(action) && <Badge tone="warning">Refused</Badge>}
    </TwoLines>
  ),
};

const FROM: Column<AuditEntry> = {
  id: "from",
  header: "From",
  cell: ({ address, user_agent }) => (
    <TwoLines below={user_agent && deviceOf(user_agent)} title={user_agent}>
      {address || "This server"}
    </TwoLines>
  ),
};
