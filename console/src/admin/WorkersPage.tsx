// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function WorkersPage() {
  return <Page title="WorkersPage">{null}</Page>;
}
