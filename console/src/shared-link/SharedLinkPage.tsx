// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function SharedLinkPage() {
  return <Page title="Shared execution">{null}</Page>;
}
