"""Runcast: the backend for products in which work runs."""
