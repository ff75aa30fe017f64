// Where two documents differ, so that a conflict can be shown as one.

export interface Difference {
  /** Names and places with a dot between them; "" is the whole. */
  readonly path: string;
  /** Undefined where there is nothing on that side. */
  readonly mine: unknown;
  readonly theirs: unknown;
}

const MOST = 50;

/** The places, at most 50, where the documents differ, as deep as they are alike around them. */
export function differences(mine: unknown, theirs: unknown): Difference[] {
  const found: Difference[] = [];
  collect("", mine, theirs, found);
  return found;
}

function collect(path: string, mine: unknown, theirs: unknown, found: Difference[]): void {
  if (found.length >= MOST || isAlike(mine, theirs)) return;
  if (!isTree(mine) || !isTree(theirs) || Array.isArray(mine) !== Array.isArray(theirs)) {
    found.push({ path, mine, theirs });
    return;
  }
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    collect(path === "" ? name : `${path}.${name}`, own(mine, name), own(theirs, name), found);
  }
}

function isAlike(one: unknown, other: unknown): boolean {
  return one === other || (one !== undefined && canonical(one) === canonical(other));
}

/** JSON with names in order: that order says nothing in a document. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_name, inner: unknown) =>
    isTree(inner) && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function own(tree: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name] : undefined;
}
