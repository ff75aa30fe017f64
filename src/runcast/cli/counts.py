"""Numbers of things as people say them: 1 log, 2 logs."""


def counted(count: int, many: str) -> str:
    """Return how many there are; what there is one of loses its s.

    Args:
        many: what they are called where there are several, with an s at its end.
    """
    return f"{count:,} {many.removesuffix('s') if count == 1 else many}"
