// Makes an item.
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { problemsBelow } from "../json/placed.ts";
import { api, queries } from "../runcast.ts";
import { TeamSelect } from "../teams/TeamSelect.tsx";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { Crumb, Page } from "../ui/Page.tsx";
import { bodyOf, type Draft, EMPTY } from "./draft.ts";
import { ItemFields } from "./ItemFields.tsx";
import { useLeaving } from "./useLeaving.ts";

const route = getRouteApi("/shell/signed-in/items/new");

export function NewItemPage() {
  const search = route.useSearch();
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, handler: search.handler ?? "" });
  const [team, setTeam] = useState(search.team);
  const making = useMaking();
  const written = bodyOf(draft);
  useLeaving(draft.name !== "" && !making.isSuccess);
  return (
    <Page title="New item" width="narrow" breadcrumb={<Crumb to="/items">Items</Crumb>}>
      <Form
        label="New item"
        onSubmit={() => "body" in written && making.mutate({ ...written.body, team })}
        problem={making.error}
        actions={
          <Button
            type="submit"
            tone="primary"
            isPending={making.isPending}
            isDisabled={"problem" in written}
          >
            Create item
          </Button>
        }
      >
        <TeamSelect label="Belongs to" team={team} onChange={setTeam} />
        <ItemFields
          draft={draft}
          onChange={setDraft}
          problems={problemsBelow(making.error, ["body", "metadata"])}
        />
      </Form>
    </Page>
  );
}

type Made = Parameters<typeof api.createItem>[0]["body"] & { team: string | undefined };

function useMaking() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ team, ...body }: Made) =>
      api.createItem({ body: team === undefined ? body : { ...body, team_id: team } }),
    onSuccess: async ({ id }) => {
      void queries.invalidateQueries({ queryKey: ["items"] });
      await navigate({ to: "/items/$itemId", params: { itemId: id }, ignoreBlocker: true });
    },
  });
}
