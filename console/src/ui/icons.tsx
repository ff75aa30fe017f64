// The console's icons: sixteen-pixel line drawings. They say nothing to a screen reader; what stands
// beside them does.
import type { ReactElement, ReactNode } from "react";

export interface IconProps {
  size?: number;
  className?: string;
}

export type Icon = (props: IconProps) => ReactElement;

/** Makes an icon of what is drawn in a square of 16. */
export function icon(drawing: ReactNode): Icon {
  return function Drawn({ size = 16, className }) {
    return (
      <svg
        className={className}
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {drawing}
      </svg>
    );
  };
}

export const OverviewIcon = icon(<path d="M2 14V9m4 5V4m4 10V7m4 7V2" />);
export const ItemsIcon = icon(<path d="M3 2h6l4 4v8H3zM9 2v4h4M6 9h4M6 11.5h4" />);
export const HandlersIcon = icon(<path d="M4 2.5v11l9-5.5z" />);
export const ExecutionsIcon = icon(
  <path d="M2 3.5h.01M2 8h.01M2 12.5h.01M5.5 3.5H14M5.5 8H14M5.5 12.5H14" />,
);
export const TeamIcon = icon(
  <path d="M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.7a2.5 2.5 0 0 1 0 4.6M12 9.8c1.6.5 2.5 1.8 2.5 3.7" />,
);
export const PersonIcon = icon(
  <path d="M8 7.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5M2.5 14c.4-2.7 2.6-4.2 5.5-4.2s5.1 1.5 5.5 4.2" />,
);
export const ShieldIcon = icon(
  <path d="M8 1.7 13 3.5v4.3c0 3-2 5.2-5 6.5-3-1.3-5-3.5-5-6.5V3.5z" />,
);
export const AuditIcon = icon(<path d="M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3" />);
export const WorkersIcon = icon(
  <path d="M4.5 4.5h7v7h-7zM6.5 1.5v3M9.5 1.5v3M6.5 11.5v3M9.5 11.5v3M1.5 6.5h3M1.5 9.5h3M11.5 6.5h3M11.5 9.5h3" />,
);
export const SunIcon = icon(
  <path d="M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1" />,
);
export const MoonIcon = icon(<path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7" />);
export const ScreenIcon = icon(<path d="M1.5 2.5h13v8.5h-13zM5.5 14h5M8 11v3" />);
export const KeyboardIcon = icon(
  <path d="M1.5 4h13v8.5h-13zM4 6.8h.01M6.7 6.8h.01M9.3 6.8h.01M12 6.8h.01M5 9.7h6" />,
);
export const ChevronDownIcon = icon(<path d="m4 6 4 4 4-4" />);
export const ChevronRightIcon = icon(<path d="m6 4 4 4-4 4" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const CheckIcon = icon(<path d="m3 8.5 3.2 3.2L13 4.8" />);
export const CopyIcon = icon(<path d="M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3" />);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const SearchIcon = icon(<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10m3.6-1.4L14 14" />);
export const KeyIcon = icon(
  <path d="M5.5 13.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6m2.1-5.1L13.5 2.5M11 5l2 2" />,
);
export const PasskeyIcon = icon(
  <path d="M3 6.5a5 5 0 0 1 10 0V8M5.3 13c-.5-1.3-.6-2.7-.6-4.5V7a3.3 3.3 0 0 1 6.6 0v1.5c0 1.6.2 3.2.7 4.5M8 7v2c0 2 .3 3.5.8 5" />,
);
export const SignOutIcon = icon(<path d="M6 2H3v12h3M10.5 5l3 3-3 3M13.5 8H6.5" />);
export const MoreIcon = icon(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />);
export const WarningIcon = icon(<path d="M8 2 1.5 13.5h13zM8 6.5v3M8 11.5h.01" />);
export const InfoIcon = icon(
  <path d="M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M8 7.2v4M8 4.8h.01" />,
);
export const ExternalIcon = icon(<path d="M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9v4.5h-9v-9H7" />);
export const ClockIcon = icon(
  <path d="M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M8 4.5V8l2.5 1.5" />,
);
export const PauseIcon = icon(
  <path d="M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M6.5 6v4M9.5 6v4" />,
);
export const SlashIcon = icon(
  <path d="M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M3.6 3.6l8.8 8.8" />,
);
export const CheckCircleIcon = icon(
  <path d="M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M5.2 8.2 7.2 10.2l3.7-4.2" />,
);
export const CrossCircleIcon = icon(
  <path d="M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M6 6l4 4M10 6l-4 4" />,
);
export const RunningIcon = icon(<path d="M8 1.5a6.5 6.5 0 1 1-6.5 6.5M8 1.5 6 3.5" />);
export const RefreshIcon = icon(<path d="M13.5 8A5.5 5.5 0 1 1 11.7 4M12 1.5V4.5H9" />);
export const TrashIcon = icon(
  <path d="M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.7 7v3.5M9.3 7v3.5" />,
);
export const EditIcon = icon(<path d="M10.5 2.5l3 3L6 13H3v-3zM9 4l3 3" />);
export const DownloadIcon = icon(<path d="M8 2v8M4.7 7 8 10.3 11.3 7M2.5 13.5h11" />);
export const ShareIcon = icon(<path d="M8 9.5V1.8M5 4.5l3-2.7 3 2.7M4.5 7.5h-1v6.5h9V7.5h-1" />);
export const LinkIcon = icon(
  <path d="M6.7 9.3a2.8 2.8 0 0 0 4 0l2-2a2.8 2.8 0 0 0-4-4l-.7.7M9.3 6.7a2.8 2.8 0 0 0-4 0l-2 2a2.8 2.8 0 0 0 4 4l.7-.7" />,
);
export const MailIcon = icon(<path d="M1.5 3h13v10h-13zM1.5 4.5 8 9l6.5-4.5" />);
export const PlayIcon = HandlersIcon;
export const StopIcon = icon(<path d="M3.5 3.5h9v9h-9z" />);
