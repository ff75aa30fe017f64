// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function VerifyPage() {
  return <Page title="VerifyPage">{null}</Page>;
}
