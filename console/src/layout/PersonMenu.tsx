// The person's own menu: account, theme, keys of the keyboard, signing out; on narrow screens the pages
// that the bar has no room for as well.
import { useNavigate } from "@tanstack/react-router";
import type { User } from "runcast";
import { useEffect, useRef } from "react";
import { useStore } from "zustand";

import {
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
import { openShortcuts } from "./help.ts";
import { PersonTrigger } from "./PersonTrigger.tsx";
import { chooseTheme, type Theme, theme } from "./theme.ts";
import { useNarrow } from "./useNarrow.ts";
import { signOut } from "../sign-in/signOut.ts";

const THEMES: readonly { id: Theme; label: string; icon: Icon }[] = [
  { id: "system", label: "As the system", icon: ScreenIcon },
  { id: "light", label: "Light", icon: SunIcon },
  { id: "dark", label: "Dark", icon: MoonIcon },
];

export function PersonMenu({ user }: { user: User }) {
  const navigate = useNavigate();
  const isNarrow = useNarrow();
  const trigger = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // It was asked for by the button that stood here before it was fetched: this one takes over the
    // focus first, because the menu gives it back to whoever had it.
    trigger.current?.focus();
    trigger.current?.click();
  }, []);
  const pages = user.is_admin ? [...OTHERS, ...ADMINISTRATION] : OTHERS;
  return (
    <Menu label="You" trigger={<PersonTrigger ref={trigger} name={user.name || user.email} />}>
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
      <MenuItem icon={SignOutIcon} onAction={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
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
