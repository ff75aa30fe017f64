// One's items, or a team's: searched, sorted, and made anew.
import { getRouteApi } from "@tanstack/react-router";
import type { Item } from "runcast";

import { TeamSelect } from "../teams/TeamSelect.tsx";
import { Badge } from "../ui/Badge.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { ItemsIcon, PlusIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { NativeSelect } from "../ui/NativeSelect.tsx";
import { type Column, RowLink } from "../ui/Table.tsx";
import { compact } from "../search.ts";
import { useItems } from "./queries.ts";
import styles from "./Items.module.css";
import { SearchBox } from "./SearchBox.tsx";
import { type ItemsSearch, type Sort, SORTS } from "./search.ts";

const route = getRouteApi("/shell/signed-in/items");

const SORT_WORDS: Record<Sort, string> = {
  "-updated_at": "Last changed first",
  name: "By name",
  "-id": "Newest first",
};

const COLUMNS: readonly Column<Item>[] = [
  {
    id: "name",
    header: "Name",
    cell: ({ id, name }) => (
      <RowLink to="/items/$itemId" params={{ itemId: id }}>
        {name}
      </RowLink>
    ),
  },
  { id: "handler", header: "Handler", width: "fit", cell: ({ handler }) => handler ?? "–" },
  {
    id: "visibility",
    header: "Who sees it",
    width: "fit",
    cell: ({ visibility }) => visibility === "public" && <Badge tone="info">Everybody</Badge>,
  },
  {
    id: "updated",
    header: "Changed",
    width: "fit",
    align: "end",
    cell: ({ updated_at }) => <RelativeTime at={updated_at} />,
  },
];

export function ItemsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const items = useItems(search);
  const change = (part: { [Name in keyof ItemsSearch]?: ItemsSearch[Name] | undefined }) =>
    void navigate({ search: compact({ ...search, ...part }), replace: true });
  return (
    <Page title="Items" actions={<NewItem {...search} />}>
      <div className={styles["filters"]} role="search">
        <SearchBox
          text={search.q ?? ""}
          onSearch={(q) => change({ q: q === "" ? undefined : q })}
        />
        <TeamSelect team={search.team} onChange={(team) => change({ team })} />
        <NativeSelect
          label="Order"
          hideLabel
          choices={SORTS.map((sort) => ({ id: sort, label: SORT_WORDS[sort] }))}
          value={search.sort ?? "-updated_at"}
          onChange={(sort) => change({ sort: SORTS.find((one) => one === sort) })}
        />
      </div>
      <Section flush>
        <Listing
          label="Items"
          columns={COLUMNS}
          rowKey={({ id }) => id}
          query={items}
          empty={<Nothing {...search} />}
        />
      </Section>
    </Page>
  );
}

function Nothing(search: ItemsSearch) {
  if (search.q !== undefined) {
    return <Empty title={`No item has the words "${search.q}"`} icon={ItemsIcon} />;
  }
  return (
    <Empty title="No items yet" icon={ItemsIcon} actions={<NewItem {...search} />}>
      An item is a document that you keep, and may name a handler that works on it.
    </Empty>
  );
}

function NewItem({ team }: ItemsSearch) {
  return (
    <LinkButton to="/items/new" search={compact({ team })} tone="primary" icon={PlusIcon}>
      New item
    </LinkButton>
  );
}
