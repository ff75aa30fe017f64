// How the colours and styles of a program look here, as classes and as colours of their own.
import type { CSSProperties } from "react";

import type { Colour, Style } from "../record/ansi.ts";
import styles from "./ansi_look.module.css";

interface Look {
  readonly names: readonly (string | undefined)[];
  readonly colours: CSSProperties;
}

const FLAGS = ["bold", "dim", "italic", "underline", "strike"] as const;

export function lookOf(style: Style): Look {
  const fg = style.inverse ? (style.bg ?? "inverse") : style.fg;
  const bg = style.inverse ? (style.fg ?? "inverse") : style.bg;
  const names = FLAGS.filter((flag) => style[flag]).map((flag) => styles[flag]);
  return {
    names: [...names, colourName("fg", fg), colourName("bg", bg)],
    colours: { ...ownColour("--ansi-fg", fg), ...ownColour("--ansi-bg", bg) } as CSSProperties,
  };
}

function colourName(where: "fg" | "bg", colour: Colour | "inverse"): string | undefined {
  if (colour === null) return undefined;
  if (colour === "inverse") return styles[`${where}Inverse`];
  return typeof colour === "number" ? styles[`${where}${colour}`] : styles[`${where}Own`];
}

function ownColour(name: string, colour: Colour | "inverse"): Record<string, string> {
  return typeof colour === "string" && colour !== "inverse" ? { [name]: colour } : {};
}
