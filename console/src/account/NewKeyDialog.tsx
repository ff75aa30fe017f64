// A new API key: its name, what it may do, until when; then its text, shown once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { NewKey, Scope } from "runcast";
import { useState } from "react";

import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Checkbox, CheckboxGroup } from "../ui/Checkbox.tsx";
import { Code, CopyField } from "../ui/Code.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { Note } from "../ui/Note.tsx";
import { Select } from "../ui/Select.tsx";
import { TextField } from "../ui/TextField.tsx";
import { KEYS } from "./keys.ts";
import { exampleOf, SCOPES, START_AND_WATCH } from "./scopes.ts";

const LIVES = [
  { id: "30", label: "30 days" },
  { id: "90", label: "90 days" },
  { id: "365", label: "One year" },
  { id: "", label: "Until it is deleted" },
];

const DAY_MS = 86_400_000;

export interface NewKeyDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function NewKeyDialog({ isOpen, onOpenChange }: NewKeyDialogProps) {
  const fetched = useQueryClient();
  const making = useMutation({
    mutationFn: makeKey,
    onSuccess: () => fetched.invalidateQueries({ queryKey: KEYS }),
  });
  const close = () => {
    making.reset();
    onOpenChange(false);
  };
  return (
    <Dialog
      title={making.data ? "Keep your key" : "New API key"}
      isOpen={isOpen}
      onOpenChange={close}
      isSticky={making.data !== undefined}
    >
      {making.data ? (
        <Shown made={making.data} onDone={close} />
      ) : (
        <KeyForm
          onMake={making.mutate}
          problem={making.error}
          isPending={making.isPending}
          onCancel={close}
        />
      )}
    </Dialog>
  );
}

interface Wanted {
  name: string;
  scopes: Scope[];
  days: string;
}

interface KeyFormProps {
  onMake: (wanted: Wanted) => void;
  problem: unknown;
  isPending: boolean;
  onCancel: () => void;
}

function KeyForm({ onMake, problem, isPending, onCancel }: KeyFormProps) {
  const [scopes, setScopes] = useState<string[]>([]);
  const [days, setDays] = useState("90");
  const [presets, setPresets] = useState(0);
  const chosen = SCOPES.map(({ id }) => id).filter((id) => scopes.includes(id));
  return (
    <Form
      label="New API key"
      problem={problem}
      onSubmit={({ name = "" }) => onMake({ name, scopes: chosen, days })}
    >
      <TextField
        name="name"
        label="Name"
        description="Where it is used, so that you know later what stops working without it."
        maxLength={200}
        autoFocus
        isRequired
      />
      <CheckboxGroup
        // A complaint about the empty group would stand on, because nobody ticked a box: begin anew.
        key={presets}
        label="It may"
        value={scopes}
        onChange={setScopes}
        validate={(ticked) => (ticked.length === 0 ? "Choose at least one thing it may do." : null)}
      >
        {SCOPES.map(({ id, label, description }) => (
          <Checkbox key={id} value={id} description={description}>
            {label}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <div>
        <Button
          small
          onPress={() => {
            setScopes([...START_AND_WATCH]);
            setPresets(presets + 1);
          }}
        >
          Tick what starting and watching takes
        </Button>
      </div>
      <Select label="It works for" choices={LIVES} value={days} onChange={setDays} />
      <DialogActions>
        <Button onPress={onCancel}>Cancel</Button>
        <Button type="submit" tone="primary" isPending={isPending}>
          Make the key
        </Button>
      </DialogActions>
    </Form>
  );
}

function Shown({ made, onDone }: { made: NewKey; onDone: () => void }) {
  const example = exampleOf(made.key, made.scopes);
  return (
    <>
      <Note tone="warning" title="It is shown this once">
        Keep it where your program finds it, and nobody else.
      </Note>
      <CopyField label="API key" value={made.key} />
      {example !== null && <CopyField label="Try it in a terminal" value={example} />}
      <p>
        Send it with each request, in the header <Code>Authorization: Bearer …</Code>. What can be
        asked for stands in <a href="/docs">the documentation of the API</a>.
      </p>
      <DialogActions>
        <Button tone="primary" onPress={onDone}>
          I have kept it
        </Button>
      </DialogActions>
    </>
  );
}

function makeKey({ name, scopes, days }: Wanted) {
  const expires_at =
    days === "" ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
  return api.createKey({ body: { name, scopes, expires_at } });
}
