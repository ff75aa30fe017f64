// Says what went wrong in words for people. It looks at what an error carries (a status, a code), not at
// its class, so that it knows the client's errors, those of feeds and those of the network alike.
export interface Described {
  title: string;
  text: string;
  /** What the server said of single fields. */
  fields: string[];
  /** The same may work later, or in a moment. */
  mayHelpAgain: boolean;
}

interface Refusal {
  status: number;
  code: string;
  title: string;
  detail: string;
  errors: FieldProblem[];
  retryAfter: number | undefined;
}

interface FieldProblem {
  loc: (string | number)[];
  msg: string;
}

const TITLES: ReadonlyMap<string, string> = new Map([
  ["unauthenticated", "You are not signed in"],
  ["invalid_token", "You are not signed in"],
  ["forbidden", "You may not do this"],
  ["not_found", "There is nothing here, or nothing that you may see"],
  ["version_mismatch", "Somebody else changed this first"],
  ["too_large", "That is too large"],
  ["too_many", "That was too often"],
  ["too_slow", "The request did not arrive in time"],
  ["unavailable", "The server cannot answer just now"],
  ["restarting", "The server is restarting"],
  ["last_way_in", "This is your last way to sign in"],
  ["identity_taken", "It is linked with another account"],
  ["account_exists", "This address already has an account"],
  ["address_not_verified", "The provider does not vouch for your address"],
  ["mail_not_configured", "This server sends no letters"],
  ["invalid_grant", "That did not sign you in"],
  ["mfa_failed", "That was not taken"],
  ["proof_required", "Prove that it is you first"],
  ["password_refused", "Choose another password"],
  ["code_refused", "This code is not good any more"],
]);

/** Where the server's words tell more ways than one needs. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ["mfa_failed", "Each code is taken once. Try the next one, or another way."],
]);

export function describe(error: unknown): Described {
  const refusal = refusalOf(error);
  if (refusal === undefined) return describeOther(error);
  if (refusal.errors.some(({ loc }) => loc[0] === "path")) return NOWHERE;
  return {
    title: TITLES.get(refusal.code) ?? titleOf(refusal),
    text: refusal.errors.length > 0 ? "" : textOf(refusal),
    fields: refusal.errors.map((field) => asSentence(`${nameOf(field)}${messageOf(field)}`)),
    mayHelpAgain: refusal.status >= 500 || [404, 408, 412, 429].includes(refusal.status),
  };
}

/** What to show at each field of a form: the last of the server's words about it, by the field's name. */
export function fieldErrors(error: unknown): Record<string, string> {
  const errors = refusalOf(error)?.errors ?? [];
  return Object.fromEntries(errors.map((field) => [pathOf(field), asSentence(messageOf(field))]));
}

/** The code that the server refused with, if it was the server that refused. */
export function codeOf(error: unknown): string | undefined {
  return refusalOf(error)?.code;
}

/** The HTTP status that the server refused with. */
export function statusOf(error: unknown): number | undefined {
  return refusalOf(error)?.status;
}

/** An address that cannot lead anywhere is one that leads nowhere. */
const NOWHERE: Described = {
  title: "There is nothing here, or nothing that you may see",
  text: "Look at the address again.",
  fields: [],
  mayHelpAgain: false,
};

function describeOther(error: unknown): Described {
  const isLate = nameIn(error) === "TimedOut";
  if (isLate || error instanceof TypeError || nameIn(error) === "Unreachable") {
    return {
      title: isLate ? "The server did not answer in time" : "The server cannot be reached",
      text: "Check your connection. Nothing is known about what was asked for; try again in a moment.",
      fields: [],
      mayHelpAgain: true,
    };
  }
  if (nameIn(error) === "NotAllowedError") {
    return {
      title: "No passkey was shown",
      text: "Try again, or take another way.",
      fields: [],
      mayHelpAgain: true,
    };
  }
  return {
    title: "Something went wrong",
    text: error instanceof Error ? error.message : String(error),
    fields: [],
    mayHelpAgain: true,
  };
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!isRecord(error) || typeof error["status"] !== "number") return undefined;
  return {
    status: error["status"],
    code: asText(error["code"]),
    title: asText(error["title"]),
    detail: asText(error["detail"]),
    errors: Array.isArray(error["errors"]) ? error["errors"].filter(isFieldProblem) : [],
    retryAfter: typeof error["retryAfter"] === "number" ? error["retryAfter"] : undefined,
  };
}

function titleOf(refusal: Refusal): string {
  if (refusal.status === 422) return "Something is not right yet";
  if (refusal.status >= 500) return "The server could not do this";
  return refusal.title === "" ? "This was refused" : asTitle(refusal.title);
}

function textOf({ status, code, detail, retryAfter }: Refusal): string {
  if (status === 401) return "Sign in to go on.";
  if (status === 429 && retryAfter !== undefined) {
    return `Try again in ${String(Math.ceil(retryAfter))} seconds.`;
  }
  return TEXTS.get(code) ?? asSentence(detail);
}

function nameOf(field: FieldProblem): string {
  const [first = "", ...rest] = pathOf(field).split(".");
  return first === "" ? "" : `${[first.replaceAll("_", " "), ...rest].join(".")}: `;
}

function messageOf({ msg }: FieldProblem): string {
  return msg.startsWith("Input should be a valid UUID") ? "this is not an id" : msg;
}

function pathOf(field: FieldProblem): string {
  const [first, ...rest] = field.loc;
  const isPlace = first === "body" || first === "query" || first === "path";
  // Of a body that is no JSON the server tells how many bytes it read, which is no name.
  if (first === "body" && rest.length === 1 && typeof rest[0] === "number") return "";
  return (isPlace ? rest : field.loc).join(".");
}

function asSentence(words: string): string {
  if (words === "") return "";
  const sentence = asTitle(words);
  return /[.?:]$/.test(sentence) ? sentence : `${sentence}.`;
}

function asTitle(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function nameIn(error: unknown): string {
  return isRecord(error) ? asText(error["name"]) : "";
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && Array.isArray(value["loc"]) && typeof value["msg"] === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
