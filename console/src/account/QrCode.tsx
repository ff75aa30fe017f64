// A QR code, dark on white in every theme, because that is what cameras read.
import { useMemo } from "react";

import styles from "./Account.module.css";
import { drawQr } from "./qr.ts";

export function QrCode({ label, text }: { label: string; text: string }) {
  const { size, path } = useMemo(() => drawQr(text), [text]);
  return (
    <svg
      className={styles["qr"]}
      viewBox={`0 0 ${String(size)} ${String(size)}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
