// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function ExecutionsPage() {
  return <Page title="Executions">{null}</Page>;
}
