// The page's first file: it draws the application into the document.
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { createRoot } from "react-dom/client";

import { applyTheme } from "./layout/theme.ts";
import { makeRouter } from "./router.tsx";
import { queries } from "./runcast.ts";
import "./ui/tokens.css";
import "./ui/base.css";

applyTheme();

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider locale="en-GB">
        <QueryClientProvider client={queries}>
          <RouterProvider router={makeRouter()} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
}
