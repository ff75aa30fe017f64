// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function OverviewPage() {
  return <Page title="Overview">{null}</Page>;
}
