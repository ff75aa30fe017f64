// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function AccountPage() {
  return <Page title="AccountPage">{null}</Page>;
}
