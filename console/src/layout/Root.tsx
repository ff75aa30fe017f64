// What stands around every page, inside the frame and outside it: notices, and what the network does.
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useStore } from "zustand";

import { proof } from "../proof.ts";
import { Toasts } from "../ui/Toasts.tsx";
import { OfflineNotice } from "./OfflineNotice.tsx";
import { useSignedOutTurn } from "./useSignedOutTurn.ts";

const ProofDialog = lazy(async () => ({
  default: (await import("../sign-in/ProofDialog.tsx")).ProofDialog,
}));

export function Root() {
  useSignedOutTurn();
  const isProving = useStore(proof, ({ settle }) => settle !== null);
  return (
    <>
      <OfflineNotice />
      <Outlet />
      <Toasts />
      {isProving && (
        <Suspense>
          <ProofDialog />
        </Suspense>
      )}
    </>
  );
}
