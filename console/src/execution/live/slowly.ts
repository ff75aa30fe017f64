// Tells of changes a few times a second at most, for what is costly to draw.
import type { ExecutionModel } from "./execution_model.ts";

const AT_MOST_EVERY_MS = 250;

export function slowly(model: ExecutionModel, tell: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = model.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      tell();
    }, AT_MOST_EVERY_MS);
  });
  return () => {
    leave();
    clearTimeout(timer);
  };
}
