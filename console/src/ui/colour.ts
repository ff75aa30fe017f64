// Resolves a token of tokens.css to a colour that a canvas understands, in the theme of the moment.
export function colourOf(token: `--${string}`): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
