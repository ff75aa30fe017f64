// Deletes an item, after asking.
import { useNavigate } from "@tanstack/react-router";
import type { Item } from "runcast";
import { useState } from "react";

import { api, queries } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { TrashIcon } from "../ui/icons.tsx";
import { toast } from "../ui/toast.ts";

export function DeleteItem({ item }: { item: Item }) {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const remove = async () => {
    await api.deleteItem({ path: { item_id: item.id } });
    toast("Item deleted");
    queries.removeQueries({ queryKey: ["items", item.id] });
    await queries.invalidateQueries({ queryKey: ["items", "list"] });
    await navigate({ to: "/items", ignoreBlocker: true });
  };
  return (
    <>
      <Button icon={TrashIcon} onPress={() => setOpen(true)}>
        Delete
      </Button>
      <ConfirmDialog
        title="Delete this item"
        confirm="Delete"
        isOpen={isOpen}
        onOpenChange={setOpen}
        onConfirm={remove}
      >
        {`"${item.name}" is gone for good. What has run of it stays.`}
      </ConfirmDialog>
    </>
  );
}
