// A server of accounts that lives in the test: one cookie jar for all tabs, with the session of one
// person at a time, and whatever goes wrong when a test says so.

import type { Fetch } from "../../src/answers.js";
import { subjectOf } from "../../src/auth/access_token.js";

export const BASE_URL = "http://runcast.test";
export const ADA = {
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b61",
  email: "ada@example.com",
  email_verified_at: null,
  name: "Ada",
  is_admin: false,
  created_at: "2026-01-01T00:00:00Z",
};

export const BOB = {
  ...ADA,
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b62",
  email: "bob@example.com",
  name: "Bob",
};

type Person = typeof ADA;

/** A token as the server makes them, but for the signature. */
export function tokenOf(person: Person, name: string | number): string {
  const claims = btoa(JSON.stringify({ sub: person.id, name }));
  return `e30.${claims.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.sig`;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | null;
  readonly form: Readonly<Record<string, string>>;
}

type Answer = () => Response | Promise<Response>;

export class FakeServer {
  readonly asked: Asked[] = [];
  /** How many seconds an access token lives. */
  lifetime = 300;
  /** Whose session the cookie is. */
  person: Person = ADA;
  /** The tokens that are taken. */
  readonly good = new Set<string>();
  /** What the browser sends back; rotated with each refresh. */
  cookie: string | null = null;
  refreshToken: string | null = null;
  /** What the next requests to a path are answered with instead. */
  readonly instead = new Map<string, Answer[]>();
  #issued = 0;

  /** Has the browser signed in already. */
  rememberAda(): void {
    this.cookie = "rcr_0";
  }

  /** Has somebody come back from a provider: another cookie, which no page was told of. */
  returnFromProvider(person: Person): void {
    this.person = person;
    this.cookie = `rcr_of_${person.name}`;
  }

  /** Lets no access token count any more, as after their expiry. */
  expireTokens(): void {
    this.good.clear();
  }

  /** Ends the session. */
  endSession(): void {
    this.expireTokens();
    this.cookie = null;
    this.refreshToken = null;
  }

  answer(path: string, ...answers: Answer[]): void {
    this.instead.set(path, [...(this.instead.get(path) ?? []), ...answers]);
  }

  count(path: string): number {
    return this.asked.filter((one) => one.path === path).length;
  }

  readonly fetch: Fetch = async (request) => {
    const { pathname } = new URL(request.url);
    const form = request.method === "POST" ? await formOf(request) : {};
    const token = request.headers.get("Authorization")?.replace("Bearer ", "") ?? null;
    const asked = { method: request.method, path: pathname, token, form };
    this.asked.push(asked);
    const scripted = this.instead.get(pathname)?.shift();
    return scripted === undefined ? this.#answer(asked) : scripted();
  };

  #answer(asked: Asked): Response {
    if (asked.path === "/api/auth/token") return this.#grant(asked.form);
    if (asked.token !== null && !this.good.has(asked.token)) return problem(401, "invalid_token");
    if (asked.token === null) return problem(401, "unauthenticated");
    if (asked.path === "/api/auth/me") return Response.json(personOf(asked.token));
    if (asked.path === "/api/auth/logout") return this.#logout();
    return Response.json({ items: [], next_cursor: null });
  }

  #logout(): Response {
    this.endSession();
    return new Response(null, { status: 204 });
  }

  #grant(form: Asked["form"]): Response {
    if (form["grant_type"] === "refresh_token") return this.#refresh(form);
    if (form["password"] !== undefined && form["password"] !== "right") {
      return problem(400, "invalid_grant");
    }
    if (form["grant_type"] === "password") this.person = form["username"] === BOB.email ? BOB : ADA;
    return this.#tokens(form);
  }

  #refresh(form: Asked["form"]): Response {
    const isPage = form["cookie"] === "true";
    const shown = isPage ? this.cookie : form["refresh_token"];
    if (shown === null || shown === undefined) return problem(400, "invalid_request");
    const known = isPage ? this.cookie : this.refreshToken;
    return shown === known ? this.#tokens(form) : problem(400, "invalid_grant");
  }

  #tokens(form: Asked["form"]): Response {
    this.#issued += 1;
    const access_token = tokenOf(this.person, this.#issued);
    const refresh_token = `rcr_${this.#issued}`;
    this.good.add(access_token);
    const told = { access_token, token_type: "bearer", expires_in: this.lifetime };
    if (form["cookie"] === "true") {
      this.cookie = refresh_token;
      return Response.json(told);
    }
    this.refreshToken = refresh_token;
    return Response.json({ ...told, refresh_token });
  }
}

function personOf(token: string): Person {
  return subjectOf(token) === BOB.id ? BOB : ADA;
}

export function problem(
  status: number,
  code: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { type: "about:blank", title: "Refused", status, detail: `it is ${code}`, code };
  return Response.json({ ...body, ...more }, { status, headers });
}

export function unreachable(): Response {
  throw new TypeError("fetch failed");
}

async function formOf(request: Request): Promise<Record<string, string>> {
  const type = request.headers.get("Content-Type") ?? "";
  if (!type.includes("form")) return {};
  return Object.fromEntries(new URLSearchParams(await request.text()));
}
