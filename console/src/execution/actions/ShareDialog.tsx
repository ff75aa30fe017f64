// Links by which anybody who has one watches this execution: make one, see which there are, end them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { shareLink } from "../../shared-link/link.ts";
import { Button } from "../../ui/Button.tsx";
import { CopyField } from "../../ui/Code.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { LinkIcon } from "../../ui/icons.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Select } from "../../ui/Select.tsx";
import { toast } from "../../ui/toast.ts";
import { useAccess } from "../access.ts";
import styles from "./Actions.module.css";

const DAY_MS = 86_400_000;
const LENGTHS = [
  { id: "1", label: "For a day" },
  { id: "7", label: "For a week" },
  { id: "30", label: "For 30 days" },
  { id: "", label: "Until it is ended" },
];

export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { executionId, runcast } = useAccess();
  const [days, setDays] = useState("7");
  const queries = useQueryClient();
  const queryKey = ["shares", executionId];
  const path = { execution_id: executionId };
  const shares = useQuery({
    queryKey,
    queryFn: ({ signal }) => runcast.api.listShares({ path, signal }),
  });
  const renew = () => queries.invalidateQueries({ queryKey });
  const making = useMutation({
    mutationFn: () => runcast.api.shareExecution({ path, body: { expires_at: endOf(days) } }),
    onSuccess: renew,
  });
  const ending = useMutation({
    mutationFn: (share_id: string) => runcast.api.deleteShare({ path: { ...path, share_id } }),
    onSuccess: async (_, ended) => {
      if (making.data?.id === ended) making.reset();
      toast("The link is ended");
      await renew();
    },
  });
  const error = making.error ?? ending.error ?? shares.error;
  return (
    <Dialog title="Share this execution" isOpen onOpenChange={onClose}>
      <p>
        Anybody who has the link may watch this execution, its input and its result, and nothing
        else.
      </p>
      <div className={styles["make"]}>
        <Select label="How long it works" choices={LENGTHS} value={days} onChange={setDays} />
        <Button
          tone="primary"
          icon={LinkIcon}
          isPending={making.isPending}
          onPress={() => making.mutate()}
        >
          Make a link
        </Button>
      </div>
      {making.data !== undefined && (
        <>
          <CopyField label="Link" value={shareLink(executionId, making.data.token)} />
          <p className={styles["note"]}>Copy it now: it is not shown again.</p>
        </>
      )}
      {error !== null && <Problem error={error} />}
      {shares.data !== undefined && shares.data.items.length > 0 && (
        <ul className={styles["shares"]} aria-label="Links">
          {shares.data.items.map((share) => (
            <li key={share.id} className={styles["share"]}>
              <span>
                Made <RelativeTime at={share.created_at} />
                {share.expires_at === null ? (
                  ", works until it is ended"
                ) : (
                  <>
                    , ends <RelativeTime at={share.expires_at} />
                  </>
                )}
              </span>
              <Button
                small
                isPending={ending.isPending && ending.variables === share.id}
                onPress={() => ending.mutate(share.id)}
              >
                End
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function endOf(days: string): string | null {
  return days === "" ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}
