// For an address that leads nowhere.
import { Empty } from "../ui/Empty.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Page } from "../ui/Page.tsx";

export function NotFound() {
  return (
    <main>
      <Page title="No such page" width="narrow">
        <Empty
          title="This address leads nowhere"
          actions={<LinkButton to="/">Go to the overview</LinkButton>}
        >
          It may have been mistyped, or the page may have moved.
        </Empty>
      </Page>
    </main>
  );
}
