"""The console: pages that were built into this package, answered where no route of the application does.

Everything is read once, when an application opens. `hatch_build.py` builds it out of `console/`.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(__file__).parent / "console_files"
INDEX = "/index.html"
READING = ("GET", "HEAD")
NOT_BUILT = (
    "The console was not built into this installation of Runcast.\n\n"
    "In a clone: make console. Elsewhere: install a wheel, which has it, or build with Node.js.\n"
    "The API is described at /docs; RUNCAST_CONSOLE=off leaves this page out.\n"
)
# What is unknown below these is unknown to a program, which wants to be told so.
NO_PAGES = ("/api", "/ws", "/health", "/metrics", "/docs", "/redoc", "/.well-known", "/assets")
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    # By hash the two sheets of its own that React Aria adds: where buttons are pressed, and where
    # pages stand still behind a dialog.
    "style-src 'self' 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=' 'sha256-gYiS/BvZvRcK27JIXTuwhZ3hs2+VJ1X+2gUlE+farlg='",
    "img-src 'self' data:",
    "font-src 'self'",
    # It covers the page's own WebSockets too (CSP 3).
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "publickey-credentials-create=(self), publickey-credentials-get=(self), "
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
VARIES = {"Vary": "Accept"}
_FOREVER = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"/assets/.+-[\w-]{8}\.[a-z0-9.]+")
# Not asked of the machine, whose own table may say otherwise.
_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# By the ending of a file that holds another one encoded; the first that is accepted is sent.
_CODINGS = {".br": "br", ".gz": "gzip"}


@dataclass(frozen=True, slots=True)
class File:
    """One file: its bytes by content coding, the unencoded ones under `identity`."""

    media_type: str
    cache: str
    tag: str
    bodies: Mapping[str, bytes]

    def coding(self, accepted: str) -> str:
        """Return the best coding that an Accept-Encoding takes."""
        taken = {name for name in map(_accepted, accepted.lower().split(",")) if name}
        return next((name for name in self.bodies if name in taken), "identity")


class Console:
    """An ASGI application that answers with pages, and hands on what is none of its business.

    Args:
        otherwise: what answers then.
    """

    def __init__(self, otherwise: ASGIApp) -> None:
        self._otherwise = otherwise
        self._files: Mapping[str, File] = {}

    @property
    def is_built(self) -> bool:
        """Whether there are pages to answer with."""
        return INDEX in self._files

    async def open(self, folder: Path = FOLDER) -> None:
        """Read the files."""
        self._files = await asyncio.to_thread(read, folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket (ASGI)."""
        if scope["type"] != "http":
            await self._otherwise(scope, receive, send)
            return
        request = Request(scope)
        if (answer := self._answer(request)) is not None:
            await answer(scope, receive, send)
            return
        try:
            await self._otherwise(scope, receive, send)
        except HTTPException as refusal:
            if request.method in READING and _may_be_page(_path(request)):
                # Who accepts HTML is answered with a page here.
                refusal.headers = {**(refusal.headers or {}), **VARIES}
            raise

    def _answer(self, request: Request) -> Response | None:
        path = _path(request)
        found = self._files.get(INDEX if path == "/" else path)
        if found is not None:
            return _answer_with(request, found)
        is_page = "text/html" in request.headers.get("accept", "") and _may_be_page(path)
        if request.method not in READING or not is_page:
            return None
        return _answer_with(request, self._files[INDEX]) if self.is_built else _not_built()


@cache
def read(folder: Path) -> Mapping[str, File]:
    """Return the files in a folder by the paths at which they are asked for; none if it is not there.

    They belong to the installed package, so a process reads them once for all of its applications.
    """
    contents = {
        f"/{Path(inner, name).relative_to(folder).as_posix()}": Path(inner, name).read_bytes()
        for inner, _, names in os.walk(folder)
        for name in sorted(names)
        if not name.startswith(".")
    }
    return {
        name: _file_of(name, contents)
        for name in contents
        if PurePosixPath(name).suffix not in _CODINGS
    }


def _file_of(name: str, contents: Mapping[str, bytes]) -> File:
    plain = contents[name]
    encoded = {
        coding: contents[name + ending]
        for ending, coding in _CODINGS.items()
        if name + ending in contents
    }
    return File(
        media_type=_MEDIA_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"),
        cache=_FOREVER if _HASHED.fullmatch(name) else "no-cache",
        tag=hashlib.sha256(plain).hexdigest()[:16],
        bodies={**encoded, "identity": plain},
    )


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", ""))


def _may_be_page(path: str) -> bool:
    """Tell whether a page is answered at a path to whoever accepts one."""
    is_program = any(path == root or path.startswith(f"{root}/") for root in NO_PAGES)
    return not is_program and "." not in PurePosixPath(path).name


def _answer_with(request: Request, file: File) -> Response:
    if request.method not in READING:
        # Problems are told by the application.
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(READING)})
    coding = file.coding(request.headers.get("accept-encoding", ""))
    tag = f'"{file.tag}"' if coding == "identity" else f'"{file.tag}-{coding}"'
    headers = {
        **HEADERS,
        "Cache-Control": file.cache,
        "ETag": tag,
        # A page is answered at any path where one is accepted.
        "Vary": "Accept, Accept-Encoding" if file.media_type == "text/html" else "Accept-Encoding",
    }
    if tag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = file.bodies[coding]
    headers["Content-Length"] = str(len(body))
    if coding != "identity":
        headers["Content-Encoding"] = coding
    sent = b"" if request.method == "HEAD" else body
    return Response(sent, headers=headers, media_type=file.media_type)


def _not_built() -> Response:
    headers = {**HEADERS, **VARIES, "Cache-Control": "no-store"}
    return PlainTextResponse(NOT_BUILT, HTTPStatus.NOT_FOUND, headers=headers)


def _tags(header: str) -> set[str]:
    """Return the tags of an If-None-Match, which compares weakly (RFC 9110, 13.1.2)."""
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def _accepted(part: str) -> str | None:
    """Return the coding that one member of an Accept-Encoding takes; None if it refuses it."""
    name, _, weight = part.partition(";")
    is_refused = re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight) is not None
    return None if is_refused else name.strip()
