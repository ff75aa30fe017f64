import "../frame/browser.ts";

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test } from "vitest";

import { NumberField } from "../../src/ui/NumberField.tsx";

afterEach(cleanup);

function Host({ step }: { step?: number }) {
  const [value, setValue] = useState(1);
  return (
    <form aria-label="Answer">
      <NumberField
        label="Share"
        value={value}
        onChange={setValue}
        minValue={0}
        maxValue={1}
        formatOptions={{ maximumFractionDigits: 20 }}
        {...(step !== undefined && { step })}
      />
      <output>{value}</output>
    </form>
  );
}

function drawn(step?: number) {
  render(<Host {...(step !== undefined && { step })} />);
  const field = screen.getByRole<HTMLInputElement>("textbox");
  const form = screen.getByRole<HTMLFormElement>("form");
  const say = (value: string) => {
    act(() => field.focus());
    fireEvent.change(field, { target: { value } });
    act(() => field.blur());
  };
  return { field, form, say };
}

test.each([
  ["1.5", undefined],
  ["-0.5", undefined],
  ["2", 1],
])("%s is out of bounds, stays as it was typed, and is not sent", (typed, step) => {
  const { field, form, say } = drawn(step);
  say(typed);
  expect(field.value).toBe(typed);
  expect(screen.getByRole("status").textContent).toBe(typed);
  expect(form.checkValidity()).toBe(false);
});

test("a fraction within the bounds is sent", () => {
  const { form, say } = drawn();
  say("0.25");
  expect(screen.getByRole("status").textContent).toBe("0.25");
  expect(form.checkValidity()).toBe(true);
});
