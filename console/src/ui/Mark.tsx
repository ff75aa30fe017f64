// The mark of Runcast, as on the page's tab.
export function Mark({ size = 22 }: { size?: number }) {
  return <img src="/icon.svg" alt="" width={size} height={size} />;
}
