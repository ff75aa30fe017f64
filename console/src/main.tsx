// The page's first file: it draws the application into the document.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <h1>Runcast</h1>
    </StrictMode>,
  );
}
