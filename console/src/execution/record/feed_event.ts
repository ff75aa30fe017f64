// What the record reads of an event: the protocol's shape, and careful readers of its data, because
// a handler's own kinds may hold anything.

export interface FeedEvent {
  readonly seq: number;
  readonly kind: string;
  readonly at: string;
  readonly attempt: number;
  readonly step?: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Fields = Readonly<Record<string, unknown>>;

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The time of an event, in whole milliseconds: several events may share one, `seq` tells them apart. */
export function timeOf(at: string): number {
  return Date.parse(at);
}
