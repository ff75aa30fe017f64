"""Second factors, passkeys, and proving again who one is."""
