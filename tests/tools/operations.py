"""Every operation that the OpenAPI document names, and how to address it with real or odd values."""

import re
from dataclasses import dataclass
from typing import Any

from runcast import Runcast

METHODS = ("get", "put", "post", "delete", "patch")
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    document: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def media_types(self) -> list[str]:
        """What its body may be; nothing where it takes none."""
        return list(self.document.get("requestBody", {}).get("content", {}))

    @property
    def parameters(self) -> list[str]:
        """The names in its path."""
        return _PARAMETER.findall(self.path)

    def address(self, values: dict[str, str]) -> str:
        """Return the path with its parameters filled in."""
        return _PARAMETER.sub(lambda found: values[found[1]], self.path)


def operations() -> list[Operation]:
    """Return all of them."""
    return [
        Operation(method.upper(), path, document)
        for path, methods in Runcast().openapi()["paths"].items()
        for method, document in methods.items()
        if method in METHODS
    ]
