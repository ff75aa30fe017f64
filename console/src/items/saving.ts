// Saving an item: against the version that was read, so that nobody's change is lost in silence.
import { useMutation } from "@tanstack/react-query";
import type { Item, ItemBody } from "runcast";

import { codeOf } from "../problem.ts";
import { api, queries } from "../runcast.ts";
import { toast } from "../ui/toast.ts";
import { itemQuery } from "./queries.ts";

export interface Saved {
  readonly body: ItemBody;
  readonly version: number;
}

/** Somebody else saved first: this is what they saved. */
export class Conflict extends Error {
  override readonly name = "Conflict";

  constructor(readonly theirs: Item) {
    super("Somebody else changed this first.");
  }
}

export function useSaving(id: string) {
  return useMutation({
    mutationFn: (saved: Saved) => save(id, saved),
    onSuccess: (item) => {
      queries.setQueryData(itemQuery(id).queryKey, item);
      void queries.invalidateQueries({ queryKey: ["items", "list"] });
      toast("Saved");
    },
  });
}

async function save(id: string, { body, version }: Saved): Promise<Item> {
  try {
    return await api.replaceItem({
      path: { item_id: id },
      body,
      headers: { "if-match": `"${String(version)}"` },
    });
  } catch (error) {
    if (codeOf(error) !== "version_mismatch") throw error;
    throw new Conflict(await api.getItem({ path: { item_id: id } }));
  }
}
