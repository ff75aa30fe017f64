// The person's own menu: account, theme, keys of the keyboard, signing out; on narrow screens the pages
// that the bar has no room for as well.
import { useNavigate } from "@tanstack/react-router";
import { Button } from "react-aria-components/Button";
import { useStore } from "zustand";

import { runcast } from "../runcast.ts";
import {
  ChevronDownIcon,
  type Icon,
  KeyboardIcon,
  MoonIcon,
  PersonIcon,
  ScreenIcon,
  SignOutIcon,
  SunIcon,
} from "../ui/icons.tsx";
import { Menu, MenuGroup, MenuItem, MenuRule } from "../ui/Menu.tsx";
import { ADMINISTRATION, OTHERS } from "./destinations.ts";
import styles from "./PersonMenu.module.css";
import { openShortcuts } from "./Shortcuts.tsx";
import { chooseTheme, type Theme, theme } from "./theme.ts";
import { useNarrow } from "./useNarrow.ts";

const THEMES: readonly { id: Theme; label: string; icon: Icon }[] = [
  { id: "system", label: "As the system", icon: ScreenIcon },
  { id: "light", label: "Light", icon: SunIcon },
  { id: "dark", label: "Dark", icon: MoonIcon },
];

interface Person {
  name: string;
  email: string;
  is_admin: boolean;
}

export function PersonMenu({ user }: { user: Person }) {
  const navigate = useNavigate();
  const isNarrow = useNarrow();
  const pages = user.is_admin ? [...OTHERS, ...ADMINISTRATION] : OTHERS;
  return (
    <Menu label="You" trigger={<Trigger user={user} isNarrow={isNarrow} />}>
      <MenuGroup heading={user.email}>
        <MenuItem icon={PersonIcon} onAction={() => void navigate({ to: "/account" })}>
          Account
        </MenuItem>
        {isNarrow &&
          pages.map(({ to, label, icon }) => (
            <MenuItem key={to} icon={icon} onAction={() => void navigate({ to })}>
              {label}
            </MenuItem>
          ))}
      </MenuGroup>
      <MenuRule />
      <Themes />
      <MenuRule />
      <MenuItem icon={KeyboardIcon} onAction={openShortcuts}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem icon={SignOutIcon} onAction={() => void runcast.auth.logout()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

function Trigger({ user, isNarrow }: { user: Person; isNarrow: boolean }) {
  const name = user.name || user.email;
  return (
    <Button className={styles["trigger"] ?? ""} aria-label={`You: ${user.email}`}>
      <span className={styles["initial"]} aria-hidden="true">
        {name.charAt(0).toUpperCase()}
      </span>
      <span className={styles["name"]}>{isNarrow ? "You" : name}</span>
      <ChevronDownIcon />
    </Button>
  );
}

function Themes() {
  const chosen = useStore(theme);
  return (
    <MenuGroup heading="Theme">
      {THEMES.map(({ id, label, icon }) => (
        <MenuItem
          key={id}
          icon={icon}
          note={id === chosen ? "Chosen" : undefined}
          onAction={() => chooseTheme(id)}
        >
          {label}
        </MenuItem>
      ))}
    </MenuGroup>
  );
}
