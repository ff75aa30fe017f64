import { afterEach, describe, expect, test, vi } from "vitest";

const load = () => import("../../src/layout/theme.ts");

describe("the theme", () => {
  afterEach(() => {
    localStorage.clear();
    vi.resetModules();
    vi.restoreAllMocks();
    delete document.documentElement.dataset["theme"];
  });

  test("is the system's until somebody chooses", async () => {
    const { applyTheme, theme } = await load();
    applyTheme();
    expect(theme.getState()).toBe("system");
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
  });

  test("is shown at once when it is chosen, and kept for the next visit", async () => {
    (await load()).chooseTheme("dark");
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    vi.resetModules();
    expect((await load()).theme.getState()).toBe("dark");
  });

  test("goes back to the system's", async () => {
    const { chooseTheme } = await load();
    chooseTheme("dark");
    chooseTheme("system");
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
  });

  test("is shown even where the browser keeps nothing", async () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("no", "QuotaExceededError");
    });
    (await load()).chooseTheme("light");
    expect(document.documentElement.dataset["theme"]).toBe("light");
  });

  test("nonsense that was kept counts for nothing", async () => {
    localStorage.setItem("runcast.theme", "pink");
    expect((await load()).theme.getState()).toBe("system");
  });
});
