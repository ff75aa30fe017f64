"""Letters: what they say, and how they go out."""
