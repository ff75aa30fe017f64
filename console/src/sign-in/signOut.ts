// Signs out everywhere in this browser. The server has to hear of it: its cookie would sign in again.
import { runcast } from "../runcast.ts";
import { toast } from "../ui/toast.ts";

export async function signOut(): Promise<void> {
  try {
    await runcast.auth.logout();
  } catch {
    toast(
      "You are still signed in: the server cannot be reached. Try again in a moment.",
      "danger",
    );
  }
}
