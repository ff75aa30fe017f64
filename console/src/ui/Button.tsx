// Buttons: with words, with an icon alone (its words become the tooltip), and links that look like one.
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef, type ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
} from "react-aria-components/Button";

import styles from "./Button.module.css";
import { classes } from "./classes.ts";
import type { Icon } from "./icons.tsx";
import { Tooltip } from "./Tooltip.tsx";

export type Tone = "plain" | "primary" | "danger" | "quiet";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  tone?: Tone;
  small?: boolean;
  icon?: Icon;
  children: ReactNode;
}

export function Button({ tone = "plain", small = false, icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={look(tone, small)}>
      <Content icon={icon}>{children}</Content>
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  label: string;
  icon: Icon;
  tone?: Tone;
  small?: boolean;
}

export function IconButton({
  label,
  icon: Drawn,
  tone = "quiet",
  small,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={classes(look(tone, small ?? false), styles["square"])}
      >
        <Drawn />
      </AriaButton>
    </Tooltip>
  );
}

interface LinkLook extends AnchorHTMLAttributes<HTMLAnchorElement> {
  tone?: Tone;
  small?: boolean;
  icon?: Icon;
}

const PlainLink = forwardRef<HTMLAnchorElement, LinkLook>(function PlainLink(
  { tone = "plain", small = false, icon, children, className, ...rest },
  ref,
) {
  return (
    <a {...rest} ref={ref} className={classes(look(tone, small), className)}>
      <Content icon={icon}>{children}</Content>
    </a>
  );
});

/** A link to a route that looks like a button: `to`, `params` and `search` as a router's link takes them. */
export const LinkButton = createLink(PlainLink);

function Content({ icon: Drawn, children }: { icon: Icon | undefined; children: ReactNode }) {
  return (
    <>
      {Drawn && <Drawn />}
      <span className={styles["words"]}>{children}</span>
    </>
  );
}

function look(tone: Tone, small: boolean): string {
  return classes(styles["button"], styles[tone], small && styles["small"]);
}
