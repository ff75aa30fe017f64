// Writes each built text file a second and a third time, as Brotli and as gzip, for the server to send.
// What does not get smaller stays alone.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import type { Plugin } from "vite";

const TEXT = /\.(css|html|js|json|svg|txt|webmanifest)$/;
const asBrotli = promisify(brotliCompress);
const asGzip = promisify(gzip);

export function precompress(): Plugin {
  let folder = "";
  return {
    name: "runcast:precompress",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    async writeBundle() {
      const names = await readdir(folder, { recursive: true });
      await Promise.all(names.filter((name) => TEXT.test(name)).map((name) => both(folder, name)));
    },
  };
}

async function both(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const plain = await readFile(path);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  await keep(`${path}.br`, await asBrotli(plain, { params }), plain.length);
  await keep(`${path}.gz`, await asGzip(plain, { level: 9 }), plain.length);
}

async function keep(path: string, encoded: Uint8Array, length: number): Promise<void> {
  if (encoded.length < length) {
    await writeFile(path, encoded);
  }
}
