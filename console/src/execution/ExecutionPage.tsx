// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function ExecutionPage() {
  return <Page title="Execution">{null}</Page>;
}
