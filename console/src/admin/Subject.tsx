// Who acted, and on what, as entries of the audit log name them: by ids. People are shown by their address.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { userQuery } from "./queries.ts";

const KNOWN_FOR_MS = 300_000;

export function Person({ id }: { id: string }) {
  const user = useQuery({ ...userQuery(id), staleTime: KNOWN_FOR_MS });
  return (
    <Link to="/admin/users/$userId" params={{ userId: id }} title={id} preload={false}>
      {user.data?.email ?? shortened(id)}
    </Link>
  );
}

export function Subject({ subject }: { subject: string }) {
  const [noun = "", id = ""] = subject.split(" ");
  if (noun === "user" && id !== "") return <Person id={id} />;
  return <span title={subject}>{id === "" ? subject : `${noun} ${shortened(id)}`}</span>;
}

/** The end of an id tells more than its beginning, which is the time. */
function shortened(id: string): string {
  return `…${id.slice(-8)}`;
}
