// Who acted, and on what, as people read it: by the address or the name that the entry's ids have now, with a
// link to the page of what has one.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { namedIn, nameOf, type Names, shortened } from "../audit/audit_words.ts";
import styles from "./Admin.module.css";

export function Person({ id, names }: { id: string; names: Names }) {
  const email = namedIn(names, id);
  return (
    <span className={styles["person"]} title={id}>
      {email === undefined ? (
        `Removed account ${shortened(id)}`
      ) : (
        <Link to="/admin/users/$userId" params={{ userId: id }} preload={false}>
          {email}
        </Link>
      )}
    </span>
  );
}

export function Subject({ subject, names }: { subject: string; names: Names }) {
  const [noun = "", id = ""] = subject.split(" ");
  if (noun === "user" && id !== "") return <Person id={id} names={names} />;
  return (
    <span title={subject}>
      {NOUNS.get(noun) ?? noun}{" "}
      {Object.hasOwn(names, id) ? linked(noun, id, names) : nameOf(id, names)}
    </span>
  );
}

const NOUNS: ReadonlyMap<string, string> = new Map([
  ["session", "Session of"],
  ["key", "API key"],
  ["identity", "Account at"],
  ["invitation", "Invitation of"],
  ["team", "Team"],
  ["item", "Item"],
  ["execution", "Execution of"],
  ["signing_key", "Signing key"],
]);

function linked(noun: string, id: string, names: Names): ReactNode {
  const name = nameOf(id, names);
  if (noun === "team") {
    return (
      <Link to="/teams/$teamId" params={{ teamId: id }} preload={false}>
        {name}
      </Link>
    );
  }
  if (noun === "item") {
    return (
      <Link to="/items/$itemId" params={{ itemId: id }} preload={false}>
        {name}
      </Link>
    );
  }
  if (noun === "execution") {
    return (
      <Link to="/executions/$executionId" params={{ executionId: id }} preload={false}>
        {name}
      </Link>
    );
  }
  return name;
}
