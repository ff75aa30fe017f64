// How a question is best asked, from the schema of its answer: by buttons, a list, a field, or as JSON.
import { isFields, numberOrNull, textOrNull, type Fields } from "../record/feed_event.ts";

export type AnswerKind =
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly choices: readonly unknown[] }
  | { readonly kind: "text"; readonly minLength: number; readonly maxLength: number | null }
  | {
      readonly kind: "number";
      readonly isWhole: boolean;
      readonly least: number | null;
      readonly most: number | null;
    }
  | { readonly kind: "json" };

const MOST_CHOICES = 100;

export function answerKindOf(schema: unknown): AnswerKind {
  if (!isFields(schema)) return { kind: "json" };
  const choices = choicesOf(schema);
  if (choices !== null) return { kind: "choice", choices };
  if (schema["type"] === "boolean") return { kind: "boolean" };
  if (schema["type"] === "string") return textKind(schema);
  if (schema["type"] === "integer" || schema["type"] === "number") return numberKind(schema);
  return { kind: "json" };
}

/** What a choice is called: itself, where it is a word. */
export function choiceWords(choice: unknown): string {
  return typeof choice === "string" ? choice : JSON.stringify(choice);
}

function choicesOf(schema: Fields): readonly unknown[] | null {
  const { enum: listed, const: only } = schema;
  if (only !== undefined) return [only];
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > MOST_CHOICES) return null;
  return listed;
}

function textKind(schema: Fields): AnswerKind {
  if (textOrNull(schema["format"]) === "json") return { kind: "json" };
  return {
    kind: "text",
    minLength: numberOrNull(schema["minLength"]) ?? 0,
    maxLength: numberOrNull(schema["maxLength"]),
  };
}

function numberKind(schema: Fields): AnswerKind {
  return {
    kind: "number",
    isWhole: schema["type"] === "integer",
    least: numberOrNull(schema["minimum"]),
    most: numberOrNull(schema["maximum"]),
  };
}
