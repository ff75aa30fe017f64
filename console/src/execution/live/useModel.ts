// Reads a part of what the page shows; a component is drawn anew only when that part has changed.
import {
  createContext,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

import type { ExecutionModel } from "./execution_model.ts";
import { slowly } from "./slowly.ts";

export const ModelContext = createContext<ExecutionModel | null>(null);

/** The model of the page around. */
export function useModel(): ExecutionModel {
  const model = useContext(ModelContext);
  if (model === null) throw new Error("there is no execution around this");
  return model;
}

/** A part of the model; what is equal in all its fields is the same. */
export function useShown<Part>(select: (model: ExecutionModel) => Part): Part {
  const model = useModel();
  const last = useRef<{ readonly part: Part } | null>(null);
  const read = (): Part => {
    const part = select(model);
    if (last.current !== null && isSame(last.current.part, part)) return last.current.part;
    last.current = { part };
    return part;
  };
  return useSyncExternalStore(model.subscribe, read);
}

/** The same, looked at a few times a second at most, but at once in a replay. */
export function useShownSlowly<Part>(select: (model: ExecutionModel) => Part): Part {
  const model = useModel();
  const [, setCount] = useState(0);
  useEffect(() => slowly(model, () => setCount((count) => count + 1)), [model]);
  useShown((shown) => shown.asOf);
  return select(model);
}

/** Draws anew every second, for times that go on while no event comes. */
export function useSeconds(isOn: boolean): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => setCount((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [isOn]);
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.is(one[name], other[name]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
