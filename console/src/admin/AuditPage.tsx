// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function AuditPage() {
  return <Page title="AuditPage">{null}</Page>;
}
