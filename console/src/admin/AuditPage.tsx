// The audit log, with its filters in the address.
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { AuditEntry } from "runcast";

import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { compact } from "../search.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { Select } from "../ui/Select.tsx";
import type { Column } from "../ui/Table.tsx";
import { TextField } from "../ui/TextField.tsx";
import styles from "./Admin.module.css";
import { ACTIONS } from "./audit_words.ts";
import { AuditTable } from "./AuditTable.tsx";
import { auditSearch } from "./search.ts";
import { Person, Subject } from "./Subject.tsx";

type Filters = ReturnType<typeof auditSearch>;

const ALL = "all";

export function AuditPage() {
  const filters = useSearch({ from: "/shell/signed-in/admin/audit" });
  const navigate = useNavigate();
  const set = (changed: Partial<Record<keyof Filters, string | undefined>>) =>
    void navigate({
      to: "/admin/audit",
      search: auditSearch({ ...filters, ...changed }),
      replace: true,
    });
  const entries = usePages(["audit", filters], (query, signal) =>
    api.listAuditEntries({ query: { ...query, ...asked(filters) }, signal }),
  );
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page
      title="Audit log"
      description="Who did what with accounts, credentials, roles and sharing."
    >
      <Filters key={JSON.stringify(filters)} filters={filters} onChange={set} />
      <Section flush>
        <AuditTable
          query={entries}
          others={[WHO, ON]}
          empty={
            <Empty
              title={isFiltered ? "No entry fits" : "Nothing yet"}
              actions={
                isFiltered && (
                  <Button onPress={() => void navigate({ to: "/admin/audit" })}>
                    Show everything
                  </Button>
                )
              }
            />
          }
        />
      </Section>
    </Page>
  );
}

interface FiltersProps {
  filters: Filters;
  onChange: (changed: Partial<Record<keyof Filters, string | undefined>>) => void;
}

function Filters({ filters, onChange }: FiltersProps) {
  return (
    <div className={styles["filters"]} role="search" aria-label="Filters">
      <Select
        label="What"
        choices={[
          { id: ALL, label: "Everything" },
          ...Object.entries(ACTIONS).map(([id, label]) => ({ id, label })),
        ]}
        value={filters.action ?? ALL}
        onChange={(action) => onChange({ action: action === ALL ? undefined : action })}
      />
      <Filter label="By (user id)" value={filters.user} onChange={(user) => onChange({ user })} />
      <Filter
        label="On (noun and id)"
        value={filters.subject}
        onChange={(subject) => onChange({ subject })}
      />
      <Filter
        label="Since"
        type="date"
        value={filters.since}
        onChange={(since) => onChange({ since })}
      />
      <Filter
        label="Until"
        type="date"
        value={filters.until}
        onChange={(until) => onChange({ until })}
      />
    </div>
  );
}

interface FilterProps {
  label: string;
  type?: "text" | "date";
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** It counts once it is left, or on Enter: half an id finds nothing. */
function Filter({ label, type = "text", value, onChange }: FilterProps) {
  const tell = (typed: string) => {
    if (typed !== (value ?? "")) onChange(typed === "" ? undefined : typed);
  };
  return (
    <TextField
      label={label}
      type={type}
      defaultValue={value ?? ""}
      onBlur={(event) => event.target instanceof HTMLInputElement && tell(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
          tell(event.target.value);
        }
      }}
    />
  );
}

/** A day begins at midnight where one looks from; `until` counts its own day. */
function asked({ action, user, subject, since, until }: Filters) {
  return compact({
    action,
    user_id: user,
    subject,
    since: startOf(since, 0),
    until: startOf(until, 1),
  });
}

function startOf(day: string | undefined, later: number): string | undefined {
  const date = day === undefined ? undefined : new Date(`${day}T00:00`);
  if (date === undefined || Number.isNaN(date.getTime())) return undefined;
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

const WHO: Column<AuditEntry> = {
  id: "who",
  header: "Who",
  cell: ({ user_id, key_id }) =>
    user_id !== null && (
      <span className={styles["texts"]}>
        <Person id={user_id} />
        {key_id !== null && <span className={styles["muted"]}>by an API key</span>}
      </span>
    ),
};

const ON: Column<AuditEntry> = {
  id: "on",
  header: "On",
  cell: ({ subject }) => subject !== null && <Subject subject={subject} />,
};
