// Stands in for the client's own sign-in until that is there: a token in memory, a cookie for the rest.
import { createClient } from "../../clients/typescript/src/api/client/index.js";
import { Api } from "../../clients/typescript/src/api/sdk.gen.ts";

export interface User {
  id: string;
  email: string;
  email_verified_at: string | null;
  name: string;
  is_admin: boolean;
  created_at: string;
}

export function makeRuncast() {
  const client = createClient({ baseUrl: location.origin, throwOnError: true });
  const api = new Api({ client });
  let token: string | undefined;
  const auth = {
    status: "restoring" as "restoring" | "signed-in" | "signed-out",
    user: null as User | null,
    listeners: new Set<() => void>(),
    subscribe(listener: () => void) {
      auth.listeners.add(listener);
      return () => auth.listeners.delete(listener);
    },
    set(status: "signed-in" | "signed-out", user: User | null) {
      auth.status = status;
      auth.user = user;
      for (const listener of auth.listeners) listener();
    },
    async ask(fields: Record<string, string>) {
      const body = new URLSearchParams({ ...fields, cookie: "true" });
      const answer = await fetch("/api/auth/token", { method: "POST", body });
      const told = await answer.json();
      if (!answer.ok) throw told;
      token = told.access_token;
      auth.set("signed-in", (await api.getMe()) as User);
    },
    login: (username: string, password: string) =>
      auth.ask({ grant_type: "password", username, password }),
    restore: () =>
      auth.ask({ grant_type: "refresh_token" }).catch(() => auth.set("signed-out", null)),
    async logout() {
      await api.logout();
      token = undefined;
      auth.set("signed-out", null);
    },
  };
  client.setConfig({ auth: () => token });
  return { api, auth };
}
