"""Orders that are packed line by line: a table, services, routes and a handler beside Runcast's."""
