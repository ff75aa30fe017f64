"""Every operation that the OpenAPI document names, and how to address it with real or odd values."""

import re
from dataclasses import dataclass
from typing import Any

from runcast import Runcast

METHODS = ("get", "put", "post", "delete", "patch")
_REFERENCE = re.compile(r"#/components/schemas/(\w+)")
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    document: dict[str, Any]
    fields: tuple[str, ...] = ()
    """The names that its body may have."""
    moments: tuple[str, ...] = ()
    """Those of them that are moments."""

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

    @property
    def queries(self) -> list[str]:
        """The names that its query may have."""
        found = self.document.get("parameters", [])
        return [one["name"] for one in found if one["in"] == "query"]

    @property
    def moments_asked(self) -> list[str]:
        """The names in its query that are moments."""
        found = self.document.get("parameters", [])
        return [one["name"] for one in found if "date-time" in str(one["schema"])]

    def address(self, values: dict[str, str]) -> str:
        """Return the path with its parameters filled in."""
        return _PARAMETER.sub(lambda found: values[found[1]], self.path)


def operations() -> list[Operation]:
    """Return all of them."""
    document = Runcast().openapi()
    schemas = document["components"]["schemas"]
    return [
        Operation(
            method.upper(), path, one, _fields(one, schemas), _fields(one, schemas, "date-time")
        )
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if method in METHODS
    ]


def _fields(operation: dict[str, Any], schemas: dict[str, Any], form: str = "") -> tuple[str, ...]:
    """Return the fields of its bodies; with a form, those alone that have it."""
    content = operation.get("requestBody", {}).get("content", {})
    found = [name for media in content.values() for name in _REFERENCE.findall(str(media))]
    kinds = [kind for name in found for kind in schemas[name]["properties"].items()]
    return tuple({field: None for field, kind in kinds if form in str(kind)})
