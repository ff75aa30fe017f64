// What the server says of single values, as problems that an editor shows at their places.
import type { Path } from "./locate.ts";

export interface PlacedProblem {
  readonly path: Path;
  readonly message: string;
}

interface Refusal {
  readonly errors: readonly { readonly loc: readonly (string | number)[]; readonly msg: string }[];
}

/** The problems below `prefix` (`["body", "metadata"]`), with paths that begin behind it. */
export function problemsBelow(error: unknown, prefix: Path): PlacedProblem[] {
  return errorsIn(error)
    .filter(({ loc }) => prefix.every((token, place) => loc[place] === token))
    .map(({ loc, msg }) => ({ path: loc.slice(prefix.length), message: msg }));
}

/** The same by their path as text: `rates.0`. */
export function problemsByPath(problems: readonly PlacedProblem[]): Record<string, string> {
  return Object.fromEntries(problems.map(({ path, message }) => [path.join("."), message]));
}

function errorsIn(error: unknown): Refusal["errors"] {
  const errors = (error as Partial<Refusal> | null | undefined)?.errors;
  return Array.isArray(errors) ? errors : [];
}
