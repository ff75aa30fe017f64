// A form: it gathers its fields by name, sends them once, and shows a refusal at the field it is about and
// above the button.
import type { FormEvent, ReactNode } from "react";
import { Form as AriaForm } from "react-aria-components/Form";

import { fieldErrors } from "../problem.ts";
import styles from "./Form.module.css";
import { holdStill } from "./hold_still.ts";
import { Problem } from "./Problem.tsx";

export interface FormProps {
  /** What was sent: each field's text by its name. */
  onSubmit: (fields: Record<string, string>) => void;
  /** The refusal of the last sending, if it was refused. */
  problem?: unknown;
  children: ReactNode;
  /** The buttons below the problem. */
  actions?: ReactNode;
  label?: string;
}

export function Form({ onSubmit, problem, children, actions, label }: FormProps) {
  return (
    <AriaForm
      className={styles["form"] ?? ""}
      validationErrors={fieldErrors(problem)}
      onPointerDownCapture={holdStill}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(textsOf(event));
      }}
      {...(label !== undefined && { "aria-label": label })}
    >
      {children}
      {problem !== undefined && problem !== null && <Problem error={problem} />}
      {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
    </AriaForm>
  );
}

function textsOf(event: FormEvent<HTMLFormElement>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of new FormData(event.currentTarget)) {
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}
