"""What clients that are generated from OpenAPI call each endpoint: `listItems`, `startHandler`, …"""

from fastapi.routing import APIRoute


def operation_id(route: APIRoute) -> str:
    """Return the name of the route's function in camelCase."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
