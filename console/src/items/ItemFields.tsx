// The fields of an item, for a new one and for one that is changed.
import { useQuery } from "@tanstack/react-query";

import { handlersQuery } from "../handlers.ts";
import { JsonEditor } from "../json/JsonEditor.tsx";
import type { PlacedProblem } from "../json/placed.ts";
import { ComboBox } from "../ui/ComboBox.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import { TextField } from "../ui/TextField.tsx";
import { bodyOf, type Draft } from "./draft.ts";
import styles from "./Items.module.css";

export interface ItemFieldsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  problems: readonly PlacedProblem[];
  isReadOnly?: boolean;
}

const VISIBILITIES = [
  { id: "private", label: "Its owner and team" },
  { id: "public", label: "Everybody may read and watch it" },
];

export function ItemFields({ draft, onChange, problems, isReadOnly = false }: ItemFieldsProps) {
  const handlers = useQuery(handlersQuery);
  const change = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  return (
    <>
      <div className={styles["pair"]}>
        <TextField
          name="name"
          label="Name"
          value={draft.name}
          onChange={(name) => change({ name })}
          isRequired
          isReadOnly={isReadOnly}
        />
        <ComboBox
          name="handler"
          label="Handler"
          description="What works on the item when it is started. Its form begins with what stands under “input” in the metadata. Leave this empty for an item that is only kept."
          choices={(handlers.data ?? []).map(({ name }) => ({ id: name, label: name }))}
          value={draft.handler}
          onChange={(handler) => change({ handler })}
          isDisabled={isReadOnly}
        />
      </div>
      <RadioGroup
        label="Who sees it"
        choices={VISIBILITIES}
        value={draft.visibility}
        onChange={(chosen) => change({ visibility: chosen === "public" ? "public" : "private" })}
        isDisabled={isReadOnly}
      />
      <div>
        <p className={styles["label"]} aria-hidden="true">
          Metadata
        </p>
        <JsonEditor
          label="Metadata"
          value={draft.metadata}
          onChange={(metadata) => change({ metadata })}
          problems={problems}
          problem={problemOf(draft)}
          isReadOnly={isReadOnly}
        />
      </div>
    </>
  );
}

function problemOf(draft: Draft): string | undefined {
  const written = bodyOf(draft);
  return "problem" in written ? written.problem.message : undefined;
}
