// What stands around every page, inside the frame and outside it: notices, and what the network does.
import { Outlet } from "@tanstack/react-router";

import { Toasts } from "../ui/Toasts.tsx";
import { OfflineNotice } from "./OfflineNotice.tsx";
import { useSignedOutTurn } from "./useSignedOutTurn.ts";

export function Root() {
  useSignedOutTurn();
  return (
    <>
      <OfflineNotice />
      <Outlet />
      <Toasts />
    </>
  );
}
