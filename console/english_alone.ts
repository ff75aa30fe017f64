// The console speaks English alone: react-aria's words in thirty other languages are left out of its files.
import type { Plugin } from "vite";

const OTHER_LANGUAGES = /react-(?:aria|stately).*\/intl\/.*\/(?!en-US)[a-z]{2}-[A-Z]{2}\.m?js$/;

export function englishAlone(): Plugin {
  return {
    name: "english-alone",
    enforce: "pre",
    load: (id) => (OTHER_LANGUAGES.test(id) ? "export default undefined;" : undefined),
  };
}
