// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function ResetPage() {
  return <Page title="ResetPage">{null}</Page>;
}
