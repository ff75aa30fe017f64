// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function TeamsPage() {
  return <Page title="TeamsPage">{null}</Page>;
}
