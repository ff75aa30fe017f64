// One field of a form drawn from a schema, and through it the fields inside it.
import { lazy, Suspense } from "react";

import { Checkbox } from "../../ui/Checkbox.tsx";
import { NumberField } from "../../ui/NumberField.tsx";
import { Select } from "../../ui/Select.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { TextField } from "../../ui/TextField.tsx";
import { type Change, controlOf, joined, type SchemaFieldProps } from "./control.ts";
import type { FieldOf } from "./field.ts";
import { Fieldset } from "./Fieldset.tsx";
import { initialValue, memberOf, withMember } from "./initial.ts";
import { ListField } from "./ListField.tsx";

// What reads JSON by its grammar is large, and few forms ask for any.
const JsonField = lazy(async () => ({ default: (await import("./JsonField.tsx")).JsonField }));

export function SchemaField({ field, ...rest }: SchemaFieldProps) {
  switch (field.kind) {
    case "text":
      return <Words {...rest} field={field} />;
    case "number":
      return <Numeric {...rest} field={field} />;
    case "switch":
      return <Tick {...rest} field={field} />;
    case "choice":
      return <Chosen {...rest} field={field} />;
    case "list":
      return <ListField {...rest} field={field} draw={draw} />;
    case "object":
      return <Members {...rest} field={field} />;
    case "optional":
      return <Optional {...rest} field={field} />;
    case "json":
      return (
        <Suspense>
          <JsonField {...rest} field={field} />
        </Suspense>
      );
  }
}

function Words(props: SchemaFieldProps<FieldOf<"text">>) {
  const { field, value, onChange } = props;
  const proposed = proposedTo(props);
  const Control = field.isLong ? TextArea : TextField;
  return (
    <Control
      {...controlOf(props)}
      // An empty text is a value where one is asked for; the server says if it is too short.
      isRequired={false}
      value={typeof value === "string" ? value : ""}
      onChange={(text) => onChange(() => (text === "" && !props.isRequired ? undefined : text))}
      {...leftEmpty(proposed)}
      onBlur={() => onChange((now) => now ?? proposed)}
      {...(field.maxLength !== undefined && { maxLength: field.maxLength })}
    />
  );
}

function Numeric(props: SchemaFieldProps<FieldOf<"number">>) {
  const { field, value, onChange } = props;
  const proposed = proposedTo(props);
  return (
    <NumberField
      {...controlOf(props)}
      {...leftEmpty(proposed)}
      value={typeof value === "number" ? value : Number.NaN}
      onChange={(number) => onChange(() => (Number.isNaN(number) ? proposed : number))}
      formatOptions={{ useGrouping: false, maximumFractionDigits: field.isInteger ? 0 : 20 }}
      {...(field.isInteger && { step: 1 })}
      {...(field.min !== undefined && { minValue: field.min })}
      {...(field.max !== undefined && { maxValue: field.max })}
    />
  );
}

/** What the schema proposes comes back to a field that is left empty: it would be run all the same. */
function proposedTo({ field, isRequired }: SchemaFieldProps): string | number | undefined {
  const { proposed } = field;
  const isSaid = typeof proposed === "string" || typeof proposed === "number";
  return isRequired || !isSaid || proposed === "" ? undefined : proposed;
}

function leftEmpty(proposed: string | number | undefined) {
  return proposed === undefined ? {} : { placeholder: `Left empty: ${proposed}` };
}

function Tick(props: SchemaFieldProps<FieldOf<"switch">>) {
  const { label, description } = controlOf(props);
  return (
    <Checkbox
      isSelected={props.value === true}
      onChange={(isSelected) => props.onChange(() => isSelected)}
      {...(description !== undefined && { description })}
    >
      {label}
    </Checkbox>
  );
}

function Chosen(props: SchemaFieldProps<FieldOf<"choice">>) {
  const { choices } = props.field;
  const chosen = choices.find((choice) => isSame(choice.value, props.value));
  return (
    <Select
      {...controlOf(props)}
      choices={choices}
      value={chosen?.id ?? null}
      onChange={(id) => props.onChange(() => choices.find((choice) => choice.id === id)?.value)}
    />
  );
}

function Members(props: SchemaFieldProps<FieldOf<"object">>) {
  const { field, path, value, onChange, problems } = props;
  const members = field.members.map((member) => (
    <SchemaField
      key={member.name}
      field={member.field}
      label={member.name}
      path={joined(path, member.name)}
      isRequired={member.isRequired}
      value={memberOf(value, member.name)}
      onChange={(change) => onChange((before) => changedIn(before, member.name, change))}
      problems={problems}
    />
  ));
  if (path === "" && field.title === undefined) return members;
  return <Fieldset {...controlOf(props)}>{members}</Fieldset>;
}

function Optional(props: SchemaFieldProps<FieldOf<"optional">>) {
  const { field, value, onChange } = props;
  const { label, description } = controlOf(props);
  const isGiven = value !== null && value !== undefined;
  return (
    <Fieldset label={label} {...(description !== undefined && { description })}>
      <Checkbox
        isSelected={isGiven}
        onChange={(given) => onChange(() => (given ? (initialValue(field.inner) ?? "") : null))}
      >
        Give a value
      </Checkbox>
      {isGiven && <SchemaField {...props} field={field.inner} label="Value" isRequired />}
    </Fieldset>
  );
}

function changedIn(object: unknown, name: string, change: Change): unknown {
  return withMember(object, name, change(memberOf(object, name)));
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Lists draw their entries by it: they know no other fields. */
function draw(props: SchemaFieldProps) {
  return <SchemaField {...props} />;
}
