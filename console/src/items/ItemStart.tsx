// Starts an item, with a form for what its handler takes.
import { useQuery } from "@tanstack/react-query";
import type { Item } from "runcast";
import { useState } from "react";

import { handlersQuery } from "../start/queries.ts";
import { StartForm } from "../start/StartForm.tsx";
import { Button } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { PlayIcon } from "../ui/icons.tsx";
import { Section } from "../ui/Page.tsx";

export interface ItemStartProps {
  item: Item;
  handler: string;
}

export function ItemStart({ item, handler: name }: ItemStartProps) {
  const [isOpen, setOpen] = useState(false);
  const handlers = useQuery(handlersQuery);
  const handler = handlers.data?.find((one) => one.name === name);
  if (handlers.isSuccess && handler === undefined) {
    return (
      <Note tone="warning" title={`There is no handler called ${name}`}>
        This item can be started when a worker announces one.
      </Note>
    );
  }
  if (!isOpen || handler === undefined) {
    return (
      <div>
        <Button
          tone="primary"
          icon={PlayIcon}
          isDisabled={handler === undefined}
          onPress={() => setOpen(true)}
        >
          Start
        </Button>
      </div>
    );
  }
  return (
    <Section title={`Start ${name}`}>
      <StartForm handler={handler} item={{ id: item.id, input: item.metadata["input"] }} />
    </Section>
  );
}
