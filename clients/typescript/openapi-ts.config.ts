// What src/api is generated with. packaging/generate_client.py runs it, and says from where to where.

import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: process.env["OPENAPI"] ?? "openapi.json",
  output: {
    path: process.env["API_FOLDER"] ?? "src/api",
    module: { extension: ".js" },
    tsConfigPath: null,
    // What comes with the generator is not written for exactOptionalPropertyTypes.
    header: ({ defaultValue }) => [...defaultValue, "// @ts-nocheck"],
  },
  logs: { level: "warn", file: false },
  plugins: [
    { name: "@hey-api/client-fetch", throwOnError: true },
    "@hey-api/typescript",
    {
      name: "@hey-api/sdk",
      responseStyle: "data",
      operations: { strategy: "single", containerName: "Api" },
    },
  ],
});
