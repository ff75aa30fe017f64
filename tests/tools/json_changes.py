"""Every way to change a JSON value in place, each the same for the same arguments."""

import copy
from collections.abc import Callable
from typing import Any

Change = Callable[[Any, int, Any], object]


def change_somewhere(document: Any, kind: str, where: int, value: Any) -> None:
    """Change one container of a document, at any depth.

    Args:
        document: left as it is, where no container of it takes this kind of change.
        kind: a key of `DICT_CHANGES` or `LIST_CHANGES`.
        where: which container, and which of its members.
        value: a JSON value that is put in; a copy of it is.
    """
    wanted, change = (
        (dict, DICT_CHANGES[kind]) if kind in DICT_CHANGES else (list, LIST_CHANGES[kind])
    )
    if nodes := [node for node in _containers(document) if isinstance(node, wanted)]:
        change(nodes[where % len(nodes)], where, copy.deepcopy(value))


def _containers(node: Any) -> list[Any]:
    members = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    if members is None:
        return []
    return [node, *(found for member in members for found in _containers(member))]


def _key(node: dict[str, Any], where: int) -> str:
    return list(node)[where % len(node)] if node else "first"


def _times(node: list[Any], where: int, _value: Any) -> None:
    node *= where % 3 if len(node) < 5 else 1
    node[:] = [copy.deepcopy(member) for member in node]


DICT_CHANGES: dict[str, Change] = {
    "set": lambda node, where, value: node.__setitem__(_key(node, where), value),
    "add": lambda node, where, value: node.__setitem__(f"k{where}", value),
    "del": lambda node, where, _: node.pop(_key(node, where), None),
    "popitem": lambda node, _w, _v: node.popitem() if node else None,
    "clear": lambda node, _w, _v: node.clear(),
    "update": lambda node, where, value: node.update({f"u{where}": value}),
    "setdefault": lambda node, where, value: node.setdefault(f"d{where}", value),
    "ior": lambda node, where, value: node.__ior__({f"o{where}": value}),
    "reorder": lambda node, where, _: node.update({k: node.pop(k) for k in [*node][: where % 3]}),
}

LIST_CHANGES: dict[str, Change] = {
    "append": lambda node, _, value: node.append(value),
    "insert": lambda node, where, value: node.insert(where, value),
    "extend": lambda node, _, value: node.extend([value, copy.deepcopy(value)]),
    "replace": lambda node, where, value: node.__setitem__(slice(where % 2, where % 4), [value]),
    "pop": lambda node, where, _: node.pop(where % len(node)) if node else None,
    "list_clear": lambda node, _w, _v: node.clear(),
    "reverse": lambda node, _w, _v: node.reverse(),
    "sort": lambda node, _w, _v: node.sort(key=repr),
    "times": _times,
}
