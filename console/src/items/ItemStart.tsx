// Starts an item: the button among the page's actions, and the form for what its handler takes.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { Item } from "runcast";

import { handlersQuery } from "../handlers.ts";
import { Button } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { PlayIcon } from "../ui/icons.tsx";
import { Section } from "../ui/Page.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";

const StartForm = lazy(async () => ({
  default: (await import("../start/StartForm.tsx")).StartForm,
}));

export interface StartItemProps {
  handler: string;
  onPress: () => void;
}

export function StartItem({ handler: name, onPress }: StartItemProps) {
  const handlers = useQuery(handlersQuery);
  const isKnown = handlers.data?.some((one) => one.name === name) ?? false;
  return (
    <Button tone="primary" icon={PlayIcon} isDisabled={!isKnown} onPress={onPress}>
      Start
    </Button>
  );
}

export interface ItemStartProps {
  item: Item;
  handler: string;
  isOpen: boolean;
  isUnsaved: boolean;
}

export function ItemStart({ item, handler: name, isOpen, isUnsaved }: ItemStartProps) {
  const handlers = useQuery(handlersQuery);
  const handler = handlers.data?.find((one) => one.name === name);
  if (handlers.isSuccess && handler === undefined) {
    return (
      <Note tone="warning" title={`There is no handler called ${name}`}>
        This item can be started when a worker announces one.
      </Note>
    );
  }
  if (!isOpen || handler === undefined) return null;
  return (
    <Section
      title={`Start ${name}`}
      description="The form begins with what stands under input in the item's metadata. The handler can read the whole item."
    >
      {isUnsaved && (
        <Note tone="warning" role="status" title="Save the item first">
          What is started reads what is saved, and your changes below are not.
        </Note>
      )}
      <div inert={isUnsaved}>
        <Suspense fallback={<Skeleton shape="block" />}>
          <StartForm handler={handler} itemId={item.id} input={item.metadata["input"]} isFramed />
        </Suspense>
      </div>
    </Section>
  );
}
