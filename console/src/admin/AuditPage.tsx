// The audit log, with its filters in the address.
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { AuditEntry } from "runcast";

import { nameOf } from "../audit/audit_words.ts";
import { AuditTable } from "../audit/AuditTable.tsx";
import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { compact } from "../search.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Page, Section } from "../ui/Page.tsx";
import type { Column } from "../ui/Table.tsx";
import { TwoLines } from "../ui/TwoLines.tsx";
import { AuditFilters } from "./AuditFilters.tsx";
import { type AuditSearch, auditSearch } from "./search.ts";
import { Person, Subject } from "./Subject.tsx";

export function AuditPage() {
  const filters = useSearch({ from: "/shell/signed-in/admin/audit" });
  const navigate = useNavigate();
  const set = (changed: Partial<Record<keyof AuditSearch, string | undefined>>) =>
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
      <AuditFilters filters={filters} onChange={set} />
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

/** A day begins at midnight where one looks from; `until` counts its own day. */
function asked({ action, user, subject, since, until }: AuditSearch) {
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
  cell: ({ user_id, key_id, names }) =>
    user_id !== null && (
      <TwoLines below={key_id && `by the API key ${nameOf(key_id, names)}`}>
        <Person id={user_id} names={names} />
      </TwoLines>
    ),
};

const ON: Column<AuditEntry> = {
  id: "on",
  header: "On",
  cell: ({ subject, names }) => subject !== null && <Subject subject={subject} names={names} />,
};
