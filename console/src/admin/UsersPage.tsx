// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function UsersPage() {
  return <Page title="UsersPage">{null}</Page>;
}
