// The form that starts a handler, or an item's: fields drawn from its schema, the same as JSON beside them,
// and what else can be said of an execution.
import { useNavigate } from "@tanstack/react-router";
import type { Handler } from "runcast";
import { type FormEvent, useState } from "react";

import { problemsBelow, problemsByPath } from "../json/placed.ts";
import { useKeyedMutation } from "../keyed_mutation.ts";
import { queries } from "../runcast.ts";
import { TeamSelect } from "../teams/TeamSelect.tsx";
import { Button } from "../ui/Button.tsx";
import formStyles from "../ui/Form.module.css";
import { holdStill } from "../ui/hold_still.ts";
import { PlayIcon } from "../ui/icons.tsx";
import { Section } from "../ui/Page.tsx";
import { Problem } from "../ui/Problem.tsx";
import { InputEditor } from "./InputEditor.tsx";
import { firstInput, start, type Wanted } from "./starting.ts";
import { StartOptions } from "./StartOptions.tsx";

export interface StartFormProps {
  handler: Handler;
  team?: string | undefined;
  /** The item that is started: what it starts belongs to whoever the item belongs to. */
  itemId?: string | undefined;
  /** What the form begins with. */
  input?: unknown;
  /** Whether the input is framed by what stands around the form. */
  isFramed?: boolean;
}

export function StartForm(props: StartFormProps) {
  const { handler, team: firstTeam, itemId, isFramed = false } = props;
  const [input, setInput] = useState(() => firstInput(handler.input_schema, props.input));
  const [isReadable, setReadable] = useState(true);
  const [team, setTeam] = useState(firstTeam);
  const [options, setOptions] = useState<Pick<Wanted, "runAt" | "priority">>({});
  const starting = useStarting();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isReadable)
      starting.mutate({ handler: handler.name, item: itemId, input, team, ...options });
  };
  const problems = problemsBelow(starting.error, ["body", "input"]);
  const editor = (
    <InputEditor
      schema={handler.input_schema}
      value={input}
      onChange={setInput}
      onReadable={setReadable}
      problems={problems}
    />
  );
  return (
    <form
      className={formStyles["form"]}
      onPointerDownCapture={holdStill}
      onSubmit={send}
      aria-label={`Start ${handler.name}`}
    >
      {isFramed ? editor : <Section title="Input">{editor}</Section>}
      {itemId === undefined && <TeamSelect label="Belongs to" team={team} onChange={setTeam} />}
      <StartOptions value={options} onChange={setOptions} />
      {starting.isError && <Problem error={inShort(starting.error, problemsByPath(problems))} />}
      <div className={formStyles["actions"]}>
        <Button
          type="submit"
          tone="primary"
          icon={PlayIcon}
          isPending={starting.isPending}
          isDisabled={!isReadable}
        >
          Start
        </Button>
      </div>
    </form>
  );
}

function useStarting() {
  const navigate = useNavigate();
  return useKeyedMutation({
    send: start,
    onSuccess: async ({ id }) => {
      void queries.invalidateQueries({ queryKey: ["executions"] });
      await navigate({ to: "/executions/$executionId", params: { executionId: id } });
    },
  });
}

/** What stands at its field is told in short above the button, because the field may be out of sight. */
function inShort(error: unknown, placed: Record<string, string>): unknown {
  const told = Object.entries(placed);
  if (told.length === 0) return error;
  const detail = told.map(([path, words]) => `${path || "the input"}: ${words}`).join("; ");
  return { status: 422, code: "", title: "The input is not right yet", detail, errors: [] };
}
