// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function UserPage() {
  return <Page title="UserPage">{null}</Page>;
}
