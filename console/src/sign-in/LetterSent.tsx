// Says that a letter is on its way, and that this is where the page's part ends.
import { Link } from "@tanstack/react-router";

import { MailIcon } from "../ui/icons.tsx";
import { Door } from "./Door.tsx";

export function LetterSent({ title, children }: { title: string; children: string }) {
  return (
    <Door
      title={title}
      description={children}
      foot={<Link to="/sign-in">Back to the sign-in</Link>}
    >
      <MailIcon size={28} />
    </Door>
  );
}
