// The time of day of a line, to the millisecond, in the zone of whoever looks. Drawn for every line in
// sight at every frame, so it is put together by hand.

export function clockTime(at: number): string {
  return `${wholeClockTime(at)}.${String(new Date(at).getMilliseconds()).padStart(3, "0")}`;
}

/** The same to the second. */
export function wholeClockTime(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
