// A page of the console in a test: the whole application at an address, over a server of made-up answers.
import "./browser.ts";

import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, type RenderResult } from "@testing-library/react";
import axe from "axe-core";
import { vi } from "vitest";

import { makeRouter } from "../../src/router.tsx";
import { queries } from "../../src/runcast.ts";

export { queries };

export type Answers = Record<string, unknown>;

const TOKEN = "POST /api/auth/token";
const AT = "2026-01-01T12:00:00Z";

export const ADA = {
  id: "019b7603-5a00-7000-8000-0c9f4d2a7b61",
  email: "ada@example.com",
  email_verified_at: AT,
  name: "Ada",
  is_admin: true,
  created_at: AT,
};

/** What a server says to who is signed in; a number is the status of a refusal. */
export const SIGNED_IN: Answers = {
  "POST /api/auth/token": { access_token: "a", token_type: "bearer", expires_in: 300 },
  "GET /api/auth/me": ADA,
};

export const SIGNED_OUT: Answers = {
  "POST /api/auth/token": 400,
  "GET /api/auth/oauth": { items: [{ name: "acme", title: "Acme" }], next_cursor: null },
};

/** As before, where the code of an invitation is good. */
export const INVITED: Answers = {
  ...SIGNED_OUT,
  "POST /api/auth/invitations/preview": {
    email: "bob@example.com",
    team_id: "019b7603-5a00-7000-8000-0c9f4d2a7b62",
    team_name: "Crew",
    role: "operator",
    inviter_name: "Ada",
    expires_at: AT,
  },
};

export function pageOf(...items: unknown[]) {
  return { items, next_cursor: null };
}

/**
 * Answers every request of the page from a list; what is not on it is 404. A function makes the answer of
 * each request, and may throw instead. Returns what was asked.
 */
export function serve(answers: Answers): Request[] {
  const asked: Request[] = [];
  // Without it the page asks nobody who is signed in.
  document.cookie = `runcast_signed_in=1; max-age=${typeof answers[TOKEN] === "number" ? 0 : 60}`;
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request.clone());
    const path = new URL(request.url).pathname;
    const answer = answers[`${request.method} ${path}`] ?? 404;
    if (typeof answer === "function") return answered(await answer(request));
    return typeof answer === "number" ? refusal(answer) : Response.json(answer);
  });
  return asked;
}

function answered(made: unknown): Response {
  return made instanceof Response ? made : Response.json(made);
}

function refusal(status: number): Response {
  const code = status === 400 ? "invalid_grant" : "not_found";
  return Response.json({ status, code, title: "Refused", detail: "no" }, { status });
}

/** Opens the application at an address. */
export function open(address: string): RenderResult & { path: () => string } {
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  const drawn = render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...drawn, path: () => router.state.location.href };
}

/** What axe finds in the document. Contrast needs a real browser, and is measured in one. */
export async function findings(): Promise<string[]> {
  const { violations } = await axe.run(document, {
    rules: { "color-contrast": { enabled: false } },
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}
