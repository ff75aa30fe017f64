// On a server that waits for its first administrator: where the setup token is to be found, and a field
// that takes it, or the whole link that was printed.
import { useNavigate } from "@tanstack/react-router";

import { keepCode, pastedCode } from "../fragments.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { Note } from "../ui/Note.tsx";
import { SetupTokenField } from "./SetupTokenField.tsx";

export function SetupNote() {
  const navigate = useNavigate();
  const setUp = (pasted: string) => {
    keepCode("setup", pastedCode("setup", pasted));
    void navigate({ to: "/register" });
  };
  return (
    <Note tone="info" title="There is no administrator yet">
      <Form
        label="Set up"
        onSubmit={({ setup_token = "" }) => setUp(setup_token)}
        actions={<Button type="submit">Set up Runcast</Button>}
      >
        <p>
          When the server was started it printed a link with a setup token. Open that link, or paste
          it here.
        </p>
        <SetupTokenField isRequired />
      </Form>
    </Note>
  );
}
