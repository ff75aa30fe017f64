// A button that opens a list of things to do or places to go.
import type { ReactNode } from "react";
import { Header } from "react-aria-components/Header";
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection,
  MenuTrigger,
} from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Separator } from "react-aria-components/Separator";

import type { Icon } from "./icons.tsx";
import lists from "./List.module.css";

export interface MenuProps {
  /** What screen readers call the list. */
  label: string;
  /** The button that opens it: a Button or an IconButton. */
  trigger: ReactNode;
  children: ReactNode;
}

export function Menu({ label, trigger, children }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={lists["popover"] ?? ""}>
        <AriaMenu aria-label={label} className={lists["list"] ?? ""}>
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

export interface MenuItemProps {
  children: string;
  icon?: Icon;
  note?: ReactNode;
  tone?: "danger";
  isDisabled?: boolean;
  onAction: () => void;
}

export function MenuItem({ children, icon: Drawn, note, tone, ...rest }: MenuItemProps) {
  return (
    <AriaMenuItem {...rest} textValue={children} className={lists["option"] ?? ""} data-tone={tone}>
      {Drawn && <Drawn />}
      <span className={lists["texts"]}>
        <span>{children}</span>
        {note !== undefined && <span className={lists["note"]}>{note}</span>}
      </span>
    </AriaMenuItem>
  );
}

export function MenuGroup({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <MenuSection>
      <Header className={lists["heading"] ?? ""}>{heading}</Header>
      {children}
    </MenuSection>
  );
}

export function MenuRule() {
  return <Separator className={lists["rule"] ?? ""} />;
}
