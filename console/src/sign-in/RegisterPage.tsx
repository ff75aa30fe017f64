// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function RegisterPage() {
  return <Page title="RegisterPage">{null}</Page>;
}
