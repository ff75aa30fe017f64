// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function NewItemPage() {
  return <Page title="New item">{null}</Page>;
}
