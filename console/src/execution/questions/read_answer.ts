// Reads what was typed as the value that a question asks for. Pure; the server has the last word.
import type { AnswerKind } from "./answer_kind.ts";

export interface ReadAnswer {
  readonly value?: unknown;
  readonly error?: string | undefined;
}

export function readAnswer(kind: AnswerKind, text: string): ReadAnswer {
  if (kind.kind === "choice") return readChoice(kind.choices, text);
  if (kind.kind === "text") return readText(kind, text);
  if (kind.kind === "number") return readNumber(kind, text);
  return readJson(text);
}

function readChoice(choices: readonly unknown[], text: string): ReadAnswer {
  const index = text === "" ? -1 : Number(text);
  return index in choices ? { value: choices[index] } : { error: "Choose one of them." };
}

function readText(kind: Extract<AnswerKind, { kind: "text" }>, text: string): ReadAnswer {
  const length = [...text].length;
  if (length < kind.minLength) return { error: `It takes at least ${kind.minLength} characters.` };
  if (kind.maxLength !== null && length > kind.maxLength) {
    return { error: `It takes at most ${kind.maxLength} characters.` };
  }
  return { value: text };
}

function readNumber(kind: Extract<AnswerKind, { kind: "number" }>, text: string): ReadAnswer {
  const value = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value)) return { error: "Type a number." };
  if (kind.isWhole && !Number.isSafeInteger(value)) return { error: "Type a whole number." };
  if (kind.least !== null && value < kind.least) return { error: `It is at least ${kind.least}.` };
  if (kind.most !== null && value > kind.most) return { error: `It is at most ${kind.most}.` };
  return { value };
}

function readJson(text: string): ReadAnswer {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { error: 'This is no JSON. Text stands in quotes: "like this".' };
  }
}
