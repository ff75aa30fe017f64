"""WebSockets: the feed endpoint and the public ConnectionManager."""
