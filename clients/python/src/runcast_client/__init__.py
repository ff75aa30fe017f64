"""The Python client of Runcast."""
