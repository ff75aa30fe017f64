"""Runcast's migrations, shipped in the wheel. `runcast.database.migrations` runs them."""
