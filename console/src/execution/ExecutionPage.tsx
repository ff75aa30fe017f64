// One execution of those that one may see.
import { getRouteApi } from "@tanstack/react-router";

import { runcast } from "../runcast.ts";
import { Crumb } from "../ui/Page.tsx";
import { useUser } from "../useUser.ts";
import { ExecutionView } from "./ExecutionView.tsx";
import { searchOf, viewOf } from "./search.ts";

const route = getRouteApi("/shell/executions/$executionId");

export function ExecutionPage() {
  const { executionId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const user = useUser();
  return (
    <ExecutionView
      key={executionId}
      executionId={executionId}
      runcast={runcast}
      mayAct={user !== null}
      isShared={false}
      breadcrumb={user !== null && <Crumb to="/executions">Executions</Crumb>}
      state={viewOf(search)}
      onState={(state) => void navigate({ search: searchOf(state), replace: true })}
    />
  );
}
