// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function ItemsPage() {
  return <Page title="Items">{null}</Page>;
}
