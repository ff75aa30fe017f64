// The name of a worker: administrators alone are told those. One that has stopped since has its id alone.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { useAccess } from "../access.ts";

export function WorkerName({ id }: { id: string }) {
  const { runcast } = useAccess();
  const workers = useQuery({
    queryKey: ["workers"],
    queryFn: async ({ signal }) => (await runcast.api.listWorkers({ signal })).items,
  });
  const name = workers.data?.find((worker) => worker.id === id)?.name;
  if (name === undefined) return <code>{id}</code>;
  return <Link to="/admin/workers">{name}</Link>;
}
