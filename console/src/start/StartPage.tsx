// Holds the place of this page until it is built.
import { Page } from "../ui/Page.tsx";

export function StartPage() {
  return <Page title="Start">{null}</Page>;
}
