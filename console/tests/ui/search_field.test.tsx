import "../frame/browser.ts";

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { SearchField } from "../../src/ui/SearchField.tsx";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const asked: string[] = [];
/** An address that follows late, as one does that waits for its page. */
function Host({ lateMs }: { lateMs: number }) {
  const [address, setAddress] = useState("");
  const follow = (words: string) => {
    asked.push(words);
    setTimeout(() => setAddress(words), lateMs);
  };
  return (
    <>
      <SearchField label="Search" value={address} onSearch={follow} />
      <button onClick={() => setAddress("blue")}>Back</button>
    </>
  );
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function drawn(lateMs = 0) {
  asked.length = 0;
  render(<Host lateMs={lateMs} />);
  const field = screen.getByRole<HTMLInputElement>("searchbox");
  const type = (value: string) => fireEvent.change(field, { target: { value } });
  return { field, type };
}

test("a space after a word stays while the address has the word alone", async () => {
  const { field, type } = drawn();
  type("red ");
  await pass(1000);
  expect(asked).toEqual(["red"]);
  expect(field.value).toBe("red ");
  type("red car");
  await pass(1000);
  expect(asked).toEqual(["red", "red car"]);
});

test("an address that follows late takes nothing of what was typed meanwhile", async () => {
  const { field, type } = drawn(800);
  type("red");
  await pass(400);
  expect(field.value).toBe("red");
  type("red c");
  await pass(400);
  type("red car");
  await pass(100);
  expect(field.value).toBe("red car");
  await pass(3000);
  expect(field.value).toBe("red car");
  expect(asked).toEqual(["red", "red c", "red car"]);
});

test("an address that changes by itself shows, and what was typed is not asked for", async () => {
  const { field, type } = drawn();
  type("red");
  fireEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(field.value).toBe("blue");
  await pass(1000);
  expect(asked).toEqual([]);
});

test("Enter asks at once, and Escape clears at once", async () => {
  const { field, type } = drawn();
  type("red");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(asked).toEqual(["red"]);
  await pass(0);
  fireEvent.keyDown(field, { key: "Escape" });
  expect(asked).toEqual(["red", ""]);
  await pass(1000);
  expect(asked).toEqual(["red", ""]);
  expect(field.value).toBe("");
});
