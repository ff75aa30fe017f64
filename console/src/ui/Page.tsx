// The frame of every page: where it is, its heading, its actions. It names the document.
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef, type ReactNode, useEffect } from "react";

import { classes } from "./classes.ts";
import styles from "./Page.module.css";
import { useArrival } from "./useArrival.ts";

export interface PageProps {
  title: string;
  /** What stands in the heading, where that is more than the title's text: a badge beside it. */
  heading?: ReactNode;
  /** The pages above: `<Crumb to="/items">Items</Crumb>`. */
  breadcrumb?: ReactNode;
  actions?: ReactNode;
  /** A sentence below the heading. */
  description?: ReactNode;
  /** `narrow` holds forms and text to a width that reads well. */
  width?: "narrow" | "wide";
  children: ReactNode;
}

export function Page(props: PageProps) {
  const { title, heading, breadcrumb, actions, description, width = "wide", children } = props;
  const ref = useArrival();
  useEffect(() => {
    document.title = `${title} · Runcast`;
  }, [title]);
  return (
    <div className={classes(styles["page"], styles[width])}>
      <header className={styles["head"]}>
        <div className={styles["titles"]}>
          {breadcrumb !== undefined && (
            <nav aria-label="Breadcrumb" className={styles["crumbs"]}>
              {breadcrumb}
            </nav>
          )}
          <h1 ref={ref} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {description !== undefined && <p className={styles["description"]}>{description}</p>}
        </div>
        {isShown(actions) && <div className={styles["actions"]}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

function isShown(node: ReactNode): boolean {
  return node !== undefined && node !== null && node !== false;
}

const PlainCrumb = forwardRef<HTMLAnchorElement, AnchorHTMLAttributes<HTMLAnchorElement>>(
  function PlainCrumb({ children, ...rest }, ref) {
    return (
      <a {...rest} ref={ref}>
        {children}
      </a>
    );
  },
);

export const Crumb = createLink(PlainCrumb);

export interface SectionProps {
  title?: string;
  description?: ReactNode;
  actions?: ReactNode;
  /** Lets a table reach the frame's edges. */
  flush?: boolean;
  children?: ReactNode;
}

/** A framed part of a page under its own heading. */
export function Section({ title, description, actions, flush = false, children }: SectionProps) {
  return (
    <section className={styles["section"]} aria-label={title}>
      {title !== undefined && (
        <header className={styles["sectionHead"]}>
          <div className={styles["titles"]}>
            <h2>{title}</h2>
            {description !== undefined && <p className={styles["description"]}>{description}</p>}
          </div>
          {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
        </header>
      )}
      {children !== undefined && (
        <div className={classes(styles["sectionBody"], flush && styles["flush"])}>{children}</div>
      )}
    </section>
  );
}
