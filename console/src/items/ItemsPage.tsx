// One's items, or a team's: searched, filtered, sorted, and made anew.
import { getRouteApi } from "@tanstack/react-router";
import type { Item } from "runcast";

import { Badge } from "../ui/Badge.tsx";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { ItemsIcon, PlusIcon } from "../ui/icons.tsx";
import { Listing } from "../ui/Listing.tsx";
import { Page, Section } from "../ui/Page.tsx";
import { RelativeTime } from "../ui/RelativeTime.tsx";
import { type Column, RowLink } from "../ui/Table.tsx";
import { compact } from "../search.ts";
import { filterWords, withoutFilters } from "./filters.ts";
import { ItemFilters } from "./ItemFilters.tsx";
import { useItems } from "./queries.ts";
import type { ItemsSearch } from "./search.ts";

const route = getRouteApi("/shell/signed-in/items");

const COLUMNS: readonly Column<Item>[] = [
  {
    id: "name",
    header: "Name",
    card: "title",
    cell: ({ id, name }) => (
      <RowLink to="/items/$itemId" params={{ itemId: id }}>
        {name}
      </RowLink>
    ),
  },
  {
    id: "handler",
    header: "Handler",
    width: "fit",
    card: "line",
    cell: ({ handler }) => handler ?? "–",
  },
  {
    id: "visibility",
    header: "Who sees it",
    width: "fit",
    card: "line",
    cell: ({ visibility }) => visibility === "public" && <Badge tone="info">Everybody</Badge>,
  },
  {
    id: "updated",
    header: "Changed",
    width: "fit",
    card: "line",
    align: "end",
    cell: ({ updated_at }) => <RelativeTime at={updated_at} />,
  },
];

export function ItemsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const items = useItems(search);
  const go = (next: ItemsSearch) => void navigate({ search: next, replace: true });
  return (
    <Page title="Items" actions={<NewItem {...search} />}>
      <ItemFilters search={search} onSearch={go} />
      <Section flush>
        <Listing
          label="Items"
          columns={COLUMNS}
          rowKey={({ id }) => id}
          query={items}
          empty={<Nothing search={search} onClear={() => go(withoutFilters(search))} />}
        />
      </Section>
    </Page>
  );
}

function Nothing({ search, onClear }: { search: ItemsSearch; onClear: () => void }) {
  const filters = filterWords(search);
  if (filters.length > 0) {
    return (
      <Empty
        title="No item fits the filters"
        icon={ItemsIcon}
        actions={<Button onPress={onClear}>Show all items</Button>}
      >
        There is none {filters.join(", ")}.
      </Empty>
    );
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
