// Where somebody is signed in: one's own sessions, or for administrators those of somebody else.
import type { Session } from "runcast";

import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { deviceOf } from "../ui/device.ts";
import { Empty } from "../ui/Empty.tsx";
import { Listing, type ListingProps } from "../ui/Listing.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import type { Column } from "../ui/Table.tsx";
import styles from "./Account.module.css";

export interface SessionsTableProps {
  query: ListingProps<Session>["query"];
  onEnd: (session: Session) => void;
}

export function SessionsTable({ query, onEnd }: SessionsTableProps) {
  return (
    <Listing
      label="Sessions"
      query={query}
      columns={[...COLUMNS, endColumn(onEnd)]}
      rowKey={(session) => session.id}
      empty={<Empty title="Signed in nowhere" />}
    />
  );
}

const COLUMNS: readonly Column<Session>[] = [
  {
    id: "device",
    header: "Device",
    cell: (session) => (
      <span className={styles["line"]}>
        <span title={session.user_agent}>{deviceOf(session.user_agent)}</span>
        {session.current && <Badge tone="success">This one</Badge>}
      </span>
    ),
  },
  { id: "address", header: "Address", cell: (session) => session.address },
  { id: "begun", header: "Signed in", cell: (session) => <RelativeTime at={session.created_at} /> },
  {
    id: "used",
    header: "Last used",
    cell: (session) => <RelativeTime at={session.last_used_at} />,
  },
];

function endColumn(onEnd: (session: Session) => void): Column<Session> {
  return {
    id: "end",
    header: "End",
    hideHeader: true,
    width: "fit",
    cell: (session) => (
      <Button
        small
        aria-label={session.current ? "Sign out here" : "End this session"}
        onPress={() => onEnd(session)}
      >
        {session.current ? "Sign out" : "End"}
      </Button>
    ),
  };
}
