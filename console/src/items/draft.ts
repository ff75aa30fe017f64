// An item as it stands in its form: the metadata as text, because half-typed JSON is no document yet.
import type { Item, ItemBody } from "runcast";

import { readJson, type TextProblem } from "../json/read.ts";
import { asText } from "../json/text.ts";

export interface Draft {
  readonly name: string;
  readonly handler: string;
  readonly visibility: "private" | "public";
  readonly metadata: string;
}

export const EMPTY: Draft = { name: "", handler: "", visibility: "private", metadata: "{}" };

export function draftOf({ name, handler, visibility, metadata }: Item): Draft {
  return { name, handler: handler ?? "", visibility, metadata: asText(metadata) };
}

export type Written = { readonly body: ItemBody } | { readonly problem: TextProblem };

/** What is sent, or what has to be mended before it can be. */
export function bodyOf({ name, handler, visibility, metadata }: Draft): Written {
  const read = readJson(metadata);
  if ("problem" in read) return read;
  if (!isObject(read.value)) {
    const message = "The metadata is an object: it begins with { and ends with }.";
    return { problem: { from: 0, to: metadata.length, message } };
  }
  const shown = { name, handler: handler === "" ? null : handler, visibility };
  return { body: { ...shown, metadata: read.value } };
}

export function isSame(one: Draft, other: Draft): boolean {
  return (
    one.name === other.name &&
    one.handler === other.handler &&
    one.visibility === other.visibility &&
    one.metadata === other.metadata
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
