// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function TeamPage() {
  return <Page title="TeamPage">{null}</Page>;
}
