// One line of the log: when, how loud, and its text in the colours of its program.
import { memo } from "react";

import type { Level } from "../record/levels.ts";
import type { Source } from "../record/log_store.ts";
import { classes } from "../../ui/classes.ts";
import styles from "./LogLine.module.css";
// Behind the line's own styles: a colour of its program is one on a mark too.
import { lookOf } from "./ansi_look.ts";
import { MOST_SHOWN, type Piece, piecesOf } from "./marks.ts";
import { clockTime } from "./times.ts";

export interface LogLineProps {
  text: string;
  at: number;
  level: Level;
  source: Source;
  stream: string | null;
  continued: boolean;
  needle: string;
  isCurrent: boolean;
  isWrapped: boolean;
  /** The attempt that begins here; null where none does. */
  newAttempt: number | null;
}

const WORDS: Readonly<Record<Level, string>> = {
  debug: "debug",
  info: "",
  warning: "warning",
  error: "error",
};

export const LogLine = memo(function LogLine(props: LogLineProps) {
  const { text, at, level, source, stream, continued, needle, isCurrent, isWrapped } = props;
  const kind = source === "output" ? (stream ?? "") : WORDS[level];
  return (
    <div
      className={classes(styles["line"], isWrapped && styles["wrapped"])}
      data-level={level}
      data-source={source}
      data-stream={stream}
      data-current={isCurrent ? true : undefined}
      data-new-attempt={props.newAttempt ?? undefined}
    >
      <span className={styles["time"]}>{continued ? "" : clockTime(at)}</span>
      <span className={styles["kind"]}>{continued || kind === "stdout" ? "" : kind}</span>
      <span className={styles["text"]}>
        <Text text={text} needle={needle} />
      </span>
    </div>
  );
});

function Text({ text, needle }: { text: string; needle: string }) {
  const pieces = piecesOf(text, needle);
  return (
    <>
      {pieces.map((piece, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- pieces have no other name than their place
        <TextPiece key={index} piece={piece} />
      ))}
      {text.length > MOST_SHOWN && (
        <span className={styles["more"]}> … and more; copy it to see all</span>
      )}
    </>
  );
}

function TextPiece({ piece }: { piece: Piece }) {
  const look = lookOf(piece.style);
  const name = classes(...look.names);
  if (piece.isMarked) return <mark className={classes(styles["mark"], name)}>{piece.text}</mark>;
  if (name === "") return piece.text;
  return (
    <span className={name} style={look.colours}>
      {piece.text}
    </span>
  );
}
