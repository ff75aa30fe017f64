// The public names for React, and nothing else.

export type { ItemQuery, ItemsView } from "../live/item_list.js";
export type { ExecutionView } from "../live/live_execution.js";
export { RuncastProvider, type RuncastProviderProps, useRuncast } from "./provider.js";
export { useAuth } from "./use_auth.js";
export { useExecution, type UseExecutionOptions, type WatchedExecution } from "./use_execution.js";
export { type Items, useItems } from "./use_items.js";
