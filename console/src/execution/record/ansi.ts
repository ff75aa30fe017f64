// ANSI colours and styles as spans of plain text. Sequences that are no style are dropped, so that
// what a program prints can neither move a cursor nor become markup.

export type Colour = number | `#${string}` | null;

export interface Style {
  readonly fg: Colour;
  readonly bg: Colour;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strike: boolean;
}

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export const PLAIN: Style = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
};

const ESCAPE = "\u001b";
// CSI …, OSC … (ended by BEL or ST), strings of the kinds DCS, SOS, PM and APC, charsets, and single escapes.
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /\u001b\[([0-9:;<=>?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[PX^_][^\u001b\n]*(?:\u001b\\)?|\u001b[ -/]+[0-~]|\u001b[0-Z\\-~]|\u001b\[?[0-9:;<=>?]*$/gm;
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** Whether a line has anything that parsing would change. */
export function isPlain(line: string): boolean {
  return !SPECIAL.test(line);
}

/** The text alone, without any sequence or control character. */
export function stripAnsi(line: string): string {
  if (isPlain(line)) return line;
  return line.replace(SEQUENCES, "").replace(CONTROLS, "");
}

/** The spans of a line; neighbours never share a style. */
export function parseAnsi(line: string): Span[] {
  if (isPlain(line)) return line === "" ? [] : [{ text: line, style: PLAIN }];
  const spans: Span[] = [];
  let style = PLAIN;
  let end = 0;
  for (const match of line.matchAll(SEQUENCES)) {
    addSpan(spans, line.slice(end, match.index), style);
    end = match.index + match[0].length;
    if (match[2] === "m") style = restyle(style, match[1] ?? "");
  }
  addSpan(spans, line.slice(end), style);
  return spans;
}

/** The style in which a line leaves what follows it. */
export function styleAfter(line: string, before: Style): Style {
  if (!line.includes(ESCAPE)) return before;
  let style = before;
  for (const match of line.matchAll(SEQUENCES)) {
    if (match[2] === "m") style = restyle(style, match[1] ?? "");
  }
  return style;
}

/** The sequence that brings a style about from nothing; empty for the plain one. */
export function sequenceOf(style: Style): string {
  if (style === PLAIN) return "";
  const codes = [...flagCodes(style), ...colourCodes(style.fg, 38), ...colourCodes(style.bg, 48)];
  return codes.length === 0 ? "" : `${ESCAPE}[${codes.join(";")}m`;
}

function addSpan(spans: Span[], raw: string, style: Style): void {
  const text = raw.replace(CONTROLS, "");
  if (text === "") return;
  const last = spans.at(-1);
  if (last !== undefined && sameStyle(last.style, style)) {
    spans[spans.length - 1] = { text: last.text + text, style };
  } else spans.push({ text, style });
}

function sameStyle(one: Style, other: Style): boolean {
  if (one === other) return true;
  return (Object.keys(PLAIN) as (keyof Style)[]).every((key) => one[key] === other[key]);
}

type Restyled = { -readonly [Part in keyof Style]: Style[Part] };

function restyle(before: Style, parameters: string): Style {
  const codes = flat(parameters)
    .split(/[:;]/)
    .map((code) => (code === "" ? 0 : Number(code)));
  // One copy for all of them: a sequence may be thousands of codes long.
  const style: Restyled = { ...before };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes, at + 1);
      at += used;
      if (colour !== undefined) style[code === 38 ? "fg" : "bg"] = colour;
    } else applyCode(style, code);
  }
  return style;
}

/** Sub-parameters as the older form tells them: no colour space, and one kind of underline. */
function flat(parameters: string): string {
  if (!parameters.includes(":")) return parameters;
  return parameters
    .replace(/([34]8:2):[0-9]*:(?=[0-9]+:[0-9]+:[0-9]+)/g, "$1:")
    .replace(/\b4:0/g, "24")
    .replace(/\b4:[1-5]/g, "4");
}

const FLAGS: Readonly<Record<number, Partial<Style>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

function applyCode(style: Restyled, code: number): void {
  if (code === 0) Object.assign(style, PLAIN);
  else if (code >= 30 && code <= 37) style.fg = code - 30;
  else if (code >= 40 && code <= 47) style.bg = code - 40;
  else if (code >= 90 && code <= 97) style.fg = code - 82;
  else if (code >= 100 && code <= 107) style.bg = code - 92;
  else Object.assign(style, FLAGS[code]);
}

/** The colour behind a 38 or 48, told from a place on, and how many numbers told it. */
function extendedColour(codes: readonly number[], at: number): [Colour | undefined, number] {
  if (codes[at] === 5) return [paletteColour(codes[at + 1]), 2];
  if (codes[at] !== 2) return [undefined, codes.length - at];
  const parts = codes.slice(at + 1, at + 4);
  const known = parts.length === 3 && parts.every((part) => part >= 0 && part <= 255);
  return [known ? hexOf(parts) : undefined, 4];
}

function paletteColour(index: number | undefined): Colour | undefined {
  if (index === undefined || !Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) return hexOf(Array<number>(3).fill(8 + (index - 232) * 10));
  const cube = index - 16;
  return hexOf([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(cubeLevel));
}

function cubeLevel(step: number): number {
  return step === 0 ? 0 : 55 + step * 40;
}

function hexOf(parts: readonly number[]): `#${string}` {
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function flagCodes(style: Style): number[] {
  const codes: number[] = [];
  if (style.bold) codes.push(1);
  if (style.dim) codes.push(2);
  if (style.italic) codes.push(3);
  if (style.underline) codes.push(4);
  if (style.inverse) codes.push(7);
  if (style.strike) codes.push(9);
  return codes;
}

function colourCodes(colour: Colour, base: 38 | 48): (number | string)[] {
  if (colour === null) return [];
  if (typeof colour === "number") return [base, 5, colour];
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return [base, 2, ...channels];
}
