// The time of day of a line, to the millisecond, in the zone of whoever looks. Drawn for every line in
// sight at every frame, so it is put together by hand.

export function clockTime(at: number): string {
  const time = new Date(at);
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two);
  return `${parts.join(":")}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
