// What the audit log is filtered by: an act, people by their address, days. The page's address keeps it.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ACTIONS } from "../audit/audit_words.ts";
import { describe } from "../problem.ts";
import { Select } from "../ui/Select.tsx";
import { TextField } from "../ui/TextField.tsx";
import styles from "./Admin.module.css";
import { personAt } from "./people.ts";
import { userQuery } from "./queries.ts";
import type { AuditSearch } from "./search.ts";

const ALL = "all";
const USER = "user ";

export interface AuditFiltersProps {
  filters: AuditSearch;
  onChange: (changed: Partial<Record<keyof AuditSearch, string | undefined>>) => void;
}

export function AuditFilters({ filters, onChange }: AuditFiltersProps) {
  const { action, user, subject, since, until } = filters;
  return (
    <div className={styles["filters"]} role="search" aria-label="Filters">
      <Select
        label="What"
        choices={[
          { id: ALL, label: "Everything" },
          ...[...ACTIONS].map(([id, label]) => ({ id, label })),
        ]}
        value={action ?? ALL}
        onChange={(chosen) => onChange({ action: chosen === ALL ? undefined : chosen })}
      />
      <PersonFilter
        label="By whom"
        value={user === undefined ? user : USER + user}
        onChange={(who) => onChange({ user: who?.slice(USER.length) })}
      />
      <PersonFilter
        label="On whom"
        value={subject}
        onChange={(whom) => onChange({ subject: whom })}
      />
      <Filter
        label="Since"
        type="date"
        value={since}
        onChange={(day) => onChange({ since: day })}
      />
      <Filter
        label="Until"
        type="date"
        value={until}
        onChange={(day) => onChange({ until: day })}
      />
    </div>
  );
}

interface FilterProps {
  label: string;
  type?: "text" | "date";
  placeholder?: string;
  error?: string | undefined;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** People are typed by their address; `value` names them as entries do: "user", a space and an id. */
function PersonFilter({
  label,
  value,
  onChange,
}: Pick<FilterProps, "label" | "value" | "onChange">) {
  const id = value?.startsWith(USER) ? value.slice(USER.length) : undefined;
  const user = useQuery({ ...userQuery(id ?? ""), enabled: id !== undefined });
  const finding = useMutation({
    mutationFn: personAt,
    onSuccess: (found) => onChange(USER + found.id),
  });
  const look = (typed: string | undefined) => {
    finding.reset();
    if (typed === undefined) onChange(typed);
    else finding.mutate(typed);
  };
  return (
    <Filter
      label={label}
      placeholder="Address"
      value={id === undefined ? value : (user.data?.email ?? (user.isError ? id : undefined))}
      error={finding.error ? describe(finding.error).text : undefined}
      onChange={look}
    />
  );
}

/** It counts once it is left, or on Enter: half an address finds nobody. */
function Filter({ value = "", onChange, type = "text", error, ...rest }: FilterProps) {
  const [shown, setShown] = useState(value);
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  if (value !== shown) {
    setShown(value);
    setTyped(value);
    setTold(value);
  }
  const tell = () => {
    if (typed === told) return;
    setTold(typed);
    onChange(typed === "" ? undefined : typed);
  };
  return (
    <TextField
      {...rest}
      type={type}
      error={error}
      value={typed}
      onChange={setTyped}
      onBlur={tell}
      onKeyDown={(event) => {
        if (event.key === "Enter") tell();
      }}
    />
  );
}
