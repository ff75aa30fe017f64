import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { englishAlone } from "./english_alone.js";
import { precompress } from "./precompress.js";

const SERVER = process.env["RUNCAST_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), englishAlone(), precompress()],
  // The client is built from its sources, so that one build makes both.
  resolve: { conditions: ["runcast-source", "browser", "module", "import", "default"] },
  build: {
    target: "es2022",
    outDir: "../src/runcast/console_files",
    emptyOutDir: true,
    // A strict policy refuses inlined data as code; everything is a file, cached by its hash.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // The server is asked by this page's own name: the cookie of a session is for its own pages alone.
    proxy: {
      "/api": { target: SERVER },
      "/health": { target: SERVER },
      "/ws": { target: SERVER, ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    setupFiles: ["tests/patience.ts"],
    testTimeout: 30_000,
  },
});
