// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function InvitationPage() {
  return <Page title="InvitationPage">{null}</Page>;
}
