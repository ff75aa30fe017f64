// Whether the execution of this page can be watched no more, and why.
import { useAccess } from "../access.ts";
import { useShown } from "../live/useModel.ts";
import { endOfLink, endOfWatch, type Gone } from "./gone.ts";

export function useGone(): Gone | null {
  const { isShared } = useAccess();
  const error = useShown((model) => model.live.failure);
  return isShared ? endOfLink(error) : endOfWatch(error);
}
