// Everybody who has an account, searched by how their address begins, and the invitations to one.
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Account } from "runcast";

import { usePages } from "../pages.ts";
import { api } from "../runcast.ts";
import { InvitationsSection } from "../teams/InvitationsSection.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { SearchField } from "../ui/SearchField.tsx";
import { type Column, RowLink } from "../ui/Table.tsx";
import { TwoLines } from "../ui/TwoLines.tsx";
import { AccountBadges, isOfMachine } from "./AccountBadges.tsx";
import styles from "./Admin.module.css";

const COLUMNS: readonly Column<Account>[] = [
  {
    id: "email",
    header: "Address",
    cell: ({ id, email, name }) => (
      <TwoLines
        below={
          isOfMachine({ email }) ? "Whoever uses the command line on the server's machine" : name
        }
      >
        <RowLink to="/admin/users/$userId" params={{ userId: id }}>
          {email}
        </RowLink>
      </TwoLines>
    ),
  },
  { id: "state", header: "State", cell: (account) => <AccountBadges account={account} /> },
  { id: "made", header: "Made", cell: ({ created_at }) => <RelativeTime at={created_at} /> },
];

export function UsersPage() {
  const { q } = useSearch({ from: "/shell/signed-in/admin/users" });
  const navigate = useNavigate();
  const users = usePages(["users", q], (query, signal) =>
    api.listUsers({ query: q === undefined ? query : { ...query, q }, signal }),
  );
  return (
    <Page title="People" description="Everybody who has an account on this server.">
      <div className={styles["search"]}>
        <SearchField
          label="Search by the beginning of the address"
          placeholder="Address begins with…"
          value={q ?? ""}
          onSearch={(words) =>
            void navigate({
              to: "/admin/users",
              search: words === "" ? {} : { q: words },
              replace: true,
            })
          }
        />
      </div>
      <Section flush>
        <Listing
          label="People"
          query={users}
          columns={COLUMNS}
          rowKey={(account) => account.id}
          empty={<Empty title="Nobody's address begins so" />}
        />
      </Section>
      <InvitationsSection />
    </Page>
  );
}
