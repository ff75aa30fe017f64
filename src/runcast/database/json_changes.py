"""Law 4: a JSON column changed in place, at any depth, is saved, or the commit fails loudly."""

from sqlalchemy.orm import Session


class JsonTrackingSession(Session):
    """The session class behind every AsyncSession of Runcast."""
