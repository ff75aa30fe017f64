// A part of a page that fails alone: where it cannot be drawn this is told in its place, and the rest goes on.
import { CatchBoundary } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Button } from "./Button.tsx";
import { RefreshIcon } from "./icons.tsx";
import { Note } from "./Note.tsx";

export interface PartProps {
  children: ReactNode;
  /** What stands in its place where nobody would miss it. */
  fallback?: ReactNode;
}

export function Part({ children, fallback = NOT_SHOWN }: PartProps) {
  return (
    <CatchBoundary getResetKey={theSame} errorComponent={() => fallback}>
      {children}
    </CatchBoundary>
  );
}

const NOT_SHOWN = <NotShown />;

/** It is drawn again when the part is opened anew, and not before. */
function theSame(): string {
  return "";
}

function NotShown() {
  return (
    <Note
      tone="danger"
      role="alert"
      title="This part could not be shown"
      actions={
        // A reload, because a new version of the console may have replaced the files of this one.
        <Button small icon={RefreshIcon} onPress={() => location.reload()}>
          Load the page again
        </Button>
      }
    >
      The rest of the page goes on.
    </Note>
  );
}
