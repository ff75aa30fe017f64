// Reads JSON that a person wrote, as strictly as the server does, and says where it is wrong. It refuses
// what the browser's own reader would change in silence: integers beyond ±(2⁵³−1).
import { parser } from "@lezer/json";

export interface TextProblem {
  /** Places in the text, counted from 0; `to` is behind the last character. */
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export type Read = { readonly value: unknown } | { readonly problem: TextProblem };

export function readJson(text: string): Read {
  try {
    const value: unknown = JSON.parse(text);
    const changed = firstChanged(text);
    return changed === undefined ? { value } : { problem: changed };
  } catch (error) {
    return { problem: syntaxProblem(text, error) };
  }
}

function firstChanged(text: string): TextProblem | undefined {
  let found: TextProblem | undefined;
  parser.parse(text).iterate({
    enter: ({ name, from, to }) => {
      if (found !== undefined || name !== "Number") return;
      const number = text.slice(from, to);
      if (!/^-?\d+$/.test(number) || Number.isSafeInteger(Number(number))) return;
      found = {
        from,
        to,
        message: "This integer is too large to be kept exactly (at most 2^53-1).",
      };
    },
  });
  return found;
}

/** Where the text stops being JSON: the first place that the grammar cannot take. */
function syntaxProblem(text: string, error: unknown): TextProblem {
  let from = text.length;
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError && node.from < from) from = node.from;
    },
  });
  const reason = error instanceof Error ? error.message.replace(/^JSON\.parse: /, "") : "";
  const start = Math.min(from, Math.max(text.length - 1, 0));
  return {
    from: start,
    to: Math.max(start, Math.min(start + 1, text.length)),
    message: asJson(reason),
  };
}

function asJson(reason: string): string {
  return reason === "" ? "This is not JSON yet." : `This is not JSON yet: ${reason}`;
}
