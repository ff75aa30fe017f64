// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function HandlersPage() {
  return <Page title="Start">{null}</Page>;
}
