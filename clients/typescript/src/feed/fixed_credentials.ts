// A token that never changes: an API key, a share token; null for who watches what is public.

import type { Credentials } from "../auth/credentials.js";

export function fixedCredentials(token: string | null): Credentials {
  return {
    token: () => Promise.resolve(token),
    renew: () => Promise.resolve(null),
    refuse: () => undefined,
  };
}
