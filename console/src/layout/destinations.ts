// Where one can go, in the order of the navigation, each with the key that leads there after `g`.
import {
  AuditIcon,
  ExecutionsIcon,
  HandlersIcon,
  type Icon,
  ItemsIcon,
  OverviewIcon,
  PersonIcon,
  TeamIcon,
  WorkersIcon,
} from "../ui/icons.tsx";

export interface Destination {
  to:
    | "/"
    | "/executions"
    | "/handlers"
    | "/items"
    | "/teams"
    | "/admin/users"
    | "/admin/audit"
    | "/admin/workers"
    | "/account";
  label: string;
  icon: Icon;
  key: string;
}

export const DAILY: readonly Destination[] = [
  { to: "/", label: "Overview", icon: OverviewIcon, key: "o" },
  { to: "/executions", label: "Executions", icon: ExecutionsIcon, key: "e" },
  { to: "/handlers", label: "Start", icon: HandlersIcon, key: "s" },
  { to: "/items", label: "Items", icon: ItemsIcon, key: "i" },
];

export const OTHERS: readonly Destination[] = [
  { to: "/teams", label: "Teams", icon: TeamIcon, key: "t" },
];

export const ADMINISTRATION: readonly Destination[] = [
  { to: "/admin/users", label: "People", icon: PersonIcon, key: "p" },
  { to: "/admin/workers", label: "Workers", icon: WorkersIcon, key: "w" },
  { to: "/admin/audit", label: "Audit log", icon: AuditIcon, key: "l" },
];

export const ACCOUNT: Destination = {
  to: "/account",
  label: "Account",
  icon: PersonIcon,
  key: "a",
};
