// The text/event-stream format (WHATWG HTML, 9.2), read from text in pieces. Pure. Lines end at LF,
// CR or CR LF and nowhere else: a U+2028 inside JSON is no end of a line.

export interface Message {
  /** Empty where the stream gave none. */
  readonly name: string;
  readonly data: string;
}

const LINE_END = /\r\n|\n|\r/;

/** What has arrived of a stream and is not yet a message. */
export class EventStreamParser {
  #rest: string[] = [];
  #name = "";
  #data: string[] = [];

  /** Takes in a piece of the stream, and returns the messages that it completes. */
  feed(text: string): Message[] {
    const messages: Message[] = [];
    for (const line of this.#lines(text)) {
      const message = this.#line(line);
      if (message !== null) messages.push(message);
    }
    return messages;
  }

  /** The lines completed; a CR at the end waits, for an LF may follow. */
  #lines(piece: string): string[] {
    const held = this.#rest.at(-1)?.endsWith("\r") ? (this.#rest.pop() ?? "") : "";
    const text = held + piece;
    const waits = text.endsWith("\r");
    const lines = (waits ? text.slice(0, -1) : text).split(LINE_END);
    const last = lines.pop() ?? "";
    if (lines.length > 0) {
      lines[0] = [...this.#rest, lines[0]].join("");
      this.#rest = [];
    }
    this.#rest.push(waits ? `${last}\r` : last);
    return lines;
  }

  #line(line: string): Message | null {
    if (line === "") return this.#dispatch();
    const [field, value] = fieldOf(line);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#name = value;
    return null;
  }

  /** Ends a message; one without data is none, as the standard says. */
  #dispatch(): Message | null {
    const message = { name: this.#name, data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    return empty ? null : message;
  }
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon === -1) return [line, ""];
  const start = line[colon + 1] === " " ? colon + 2 : colon + 1;
  return [line.slice(0, colon), line.slice(start)];
}
