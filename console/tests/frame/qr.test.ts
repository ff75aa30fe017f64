import { expect, test } from "vitest";

import { drawQr } from "../../src/account/qr.ts";

test("a secret becomes squares within the drawing, with quiet around", () => {
  const { size, path } = drawQr("otpauth://totp/Runcast:ada@example.com?secret=JBSWY3DPEHPK3PXP");
  const places = [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  // A QR code is 17 + 4 × its version modules wide.
  expect((size - 8 - 17) % 4).toBe(0);
  expect(places.length).toBeGreaterThan(200);
  expect(places.flat().every((at) => at >= 4 && at < size - 4)).toBe(true);
  expect(places[0]).toEqual([4, 4]);
});
