// A QR code as the path of an SVG drawing: one square of 1×1 for each dark module.
import drawn from "qrcode-generator";

/** Modules of quiet around it, as the standard asks. */
const MARGIN = 4;

export interface QrDrawing {
  /** How many units wide and high the drawing is. */
  size: number;
  path: string;
}

export function drawQr(text: string): QrDrawing {
  const code = drawn(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const range = Array.from({ length: count }, (_, index) => index);
  const squares = range.flatMap((row) =>
    range
      .filter((column) => code.isDark(row, column))
      .map((column) => `M${String(column + MARGIN)} ${String(row + MARGIN)}h1v1h-1z`),
  );
  return { size: count + 2 * MARGIN, path: squares.join("") };
}
