// The drawings of the log's tools that nothing else needs, in the manner of ui/icons.tsx.
import { icon } from "../../ui/icons.tsx";

export { ChevronDownIcon, CloseIcon, CopyIcon, DownloadIcon } from "../../ui/icons.tsx";

export const ChevronUpIcon = icon(<path d="m4 10 4-4 4 4" />);
export const FollowIcon = icon(<path d="M3.5 3 8 7.5 12.5 3M3.5 8.5 8 13l4.5-4.5" />);
export const WrapIcon = icon(
  <path d="M2 3.5h12M2 12.5h4M2 8h9.5a2.3 2.3 0 0 1 0 4.5H9M10.5 11 9 12.5l1.5 1.5" />,
);
export const StepBackIcon = icon(<path d="M12 3.5v9L5.5 8zM3.5 3.5v9" />);
export const StepForwardIcon = icon(<path d="M4 3.5v9L10.5 8zM12.5 3.5v9" />);
export const SignalIcon = icon(<path d="M8 8.5v5M5.2 10.8a4 4 0 1 1 5.6 0M3 13a7 7 0 1 1 10 0" />);
