// Reads JSON that a person wrote, as strictly as the server does, and says where it is wrong. It refuses
// what the browser's own reader would change in silence: integers beyond ±(2⁵³−1).
import { isLarge } from "./large.ts";
import { tree } from "./tree.ts";

export interface TextProblem {
  /** Places in the text, counted from 0; `to` is behind the last character. */
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export type Read = { readonly value: unknown } | { readonly problem: TextProblem };

// Several parts of a page ask for the same text, one after the other.
let last: { readonly text: string; readonly read: Read } | undefined;

export function readJson(text: string): Read {
  if (last?.text !== text) last = { text, read: readAnew(text) };
  return last.read;
}

function readAnew(text: string): Read {
  try {
    const value: unknown = JSON.parse(text);
    const changed = MAY_CHANGE.test(text) ? firstChanged(text) : undefined;
    return changed === undefined ? { value } : { problem: changed };
  } catch (error) {
    return { problem: syntaxProblem(text, error) };
  }
}

/** Without so many digits in a row there is no integer that is too large. */
const MAY_CHANGE = /\d{16}/;
/** The texts and the numbers of what is JSON. */
const TOKENS = /"(?:[^"\\]+|\\.)*"|-?\d[\d.eE+-]*/g;

function firstChanged(text: string): TextProblem | undefined {
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (!/^-?\d{16,}$/.test(token) || Number.isSafeInteger(Number(token))) continue;
    return {
      from: index,
      to: index + token.length,
      message: "This integer is too large to be kept exactly (at most 2^53-1).",
    };
  }
  return undefined;
}

function syntaxProblem(text: string, error: unknown): TextProblem {
  const reason = error instanceof Error ? error.message.replace(/^JSON\.parse: /, "") : "";
  const stop = isLarge(text) ? placeIn(reason) : firstError(text);
  const start = Math.min(stop ?? text.length, Math.max(text.length - 1, 0));
  return {
    from: start,
    to: Math.max(start, Math.min(start + 1, text.length)),
    message: asJson(reason),
  };
}

/** Where the text stops being JSON: the first place that the grammar cannot take. */
function firstError(text: string): number | undefined {
  let first: number | undefined;
  tree(text).iterate({
    enter: (node) => {
      if (node.type.isError && node.from < (first ?? Infinity)) first = node.from;
    },
  });
  return first;
}

/** The same in the browser's words, where it says so: of much text the grammar is not asked. */
function placeIn(reason: string): number | undefined {
  const said = /position (\d+)/.exec(reason)?.[1];
  return said === undefined ? undefined : Number(said);
}

function asJson(reason: string): string {
  return reason === "" ? "This is not JSON yet." : `This is not JSON yet: ${reason}`;
}
