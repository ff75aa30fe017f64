"""Take stock of a folder: hash every file, find duplicates, count lines by file type.

    runcast serve examples/inventory.py
    runcast run inventory --input '{"folder": "."}' --watch

Each folder is a durable step. Kill the server at any moment and start it again: what was hashed stays
hashed, and only the folders that were being read are read anew.
"""

import asyncio
import hashlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path

from pydantic import BaseModel, Field

from runcast import Run, Runcast

app = Runcast()

ROOTS = [Path(root).resolve() for root in (".", *app.settings.folder_roots)]
DATABASE = app.settings.sqlite_path and app.settings.sqlite_path.resolve()
DATABASE_FILES = {f"{DATABASE}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")}
SECRETS = ("secret-key", "local-credential.json", "runcast.lock")
SERVERS_OWN = DATABASE_FILES | {str(DATABASE and DATABASE.parent / name) for name in SECRETS}
SIDE_BY_SIDE = 4
SPEED_SECONDS = 0.5
CHUNK_BYTES = 2**20
# The system bounds names and paths, so that no result of a step comes near its limit of 1 MiB …
FOLDERS_A_STEP = 200
FILES_A_STEP = 500
# … nor does that of the whole.
TYPES_SHOWN = 200
PATHS_SHOWN = 20
DUPLICATES_BYTES = 2**19


class Inventory(BaseModel):
    """What to take stock of: a folder below the one in which the server was started."""

    folder: str = Field(".", description="Relative to the folder where the server was started.")
    ask_first: bool = Field(
        False, description="Say how many folders there are, and ask before reading them."
    )


class File(BaseModel):
    """One file. `lines` counts newlines; None where a NUL byte says that it is no text."""

    sha256: str
    bytes: int
    lines: int | None


class Page(BaseModel):
    """The next files of one folder, by name; `last` is the name behind which more follow."""

    folder: str
    files: dict[str, File] = {}
    skipped: int = 0
    last: str | None = None


class FileType(BaseModel):
    """All files of one extension."""

    files: int = 0
    bytes: int = 0
    lines: int = 0

    def add(self, files: int, size: int, lines: int) -> None:
        """Count some more."""
        self.files += files
        self.bytes += size
        self.lines += lines


class Duplicates(BaseModel):
    """Files with the same content; of many `copies` only the first paths are shown."""

    sha256: str
    bytes: int
    copies: int
    paths: list[str]

    @property
    def wasted(self) -> int:
        """The bytes of all copies but one."""
        return self.bytes * (self.copies - 1)


class Stock(BaseModel):
    """Totals, types by size, and duplicates, the most wasteful first, as many as there is room for."""

    folders: int
    files: int
    bytes: int
    skipped: int
    types: dict[str, FileType]
    wasted_bytes: int
    duplicates: list[Duplicates]
    duplicates_left_out: int


class FolderRefused(Exception):
    """The folder is not one that this server may read."""

    code = "folder_refused"


@app.handler
async def inventory(run: Run, spec: Inventory) -> Stock:
    """Hash every file below a folder, find duplicates, count lines by file type."""
    root = await asyncio.to_thread(allowed, spec.folder)
    folders = ["."]
    while more := await run.step(list_folders, root, folders[-1]):
        folders += more
    if spec.ask_first and not await run.ask(f"Read the files of {len(folders)} folders?", bool):
        raise run.cancelled("nobody wanted it")
    reader = Reader(run)
    turns = asyncio.Semaphore(SIDE_BY_SIDE)
    done = 0

    async def hash_folder(folder: str) -> list[Page]:
        nonlocal done
        async with turns:
            pages = await hash_pages(run, reader, root, folder)
        done += 1
        run.progress(done, len(folders), folder)
        return pages

    hashed = await asyncio.gather(*map(hash_folder, folders))
    return await asyncio.to_thread(take_stock, hashed)


async def hash_pages(run: Run, reader: "Reader", root: Path, folder: str) -> list[Page]:
    """Return what one folder holds; a step of its own for every few hundred files."""
    pages: list[Page] = []
    after: str | None = ""
    while after is not None:
        pages.append(await run.step(reader.hash_files, root, folder, after, name=f"{folder}/"))
        after = pages[-1].last
    return pages


def allowed(folder: str) -> Path:
    """Return the folder, its symbolic links resolved, if this server may read it."""
    path = Path(folder).resolve()
    if not any(path.is_relative_to(root) for root in ROOTS):
        raise FolderRefused(
            f"{folder} is not below a folder that this server may read: {ROOTS[0]}, where it was "
            "started, and what RUNCAST_FOLDER_ROOTS names"
        )
    if not path.is_dir():
        raise FolderRefused(
            f"there is no folder {folder} below {ROOTS[0]}, where the server was started"
        )
    return path


class Reader:
    """Hashes files in threads, several at once, and says how fast. It follows no symbolic link."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._read = 0
        self._since = time.monotonic()

    def hash_files(self, root: Path, folder: str, after: str) -> Page:
        """Hash the next files of one folder, not of those below it."""
        page = Page(folder=folder)
        try:
            names = {said(name): name for name in names_of_files(root / folder)}
        except OSError as error:
            self._skip(page, error)
            return page
        behind = sorted(name for name in names if name > after)
        for name in behind[:FILES_A_STEP]:
            try:
                page.files[name] = self._hash(root / folder / names[name])
            except OSError as error:
                self._skip(page, error)
        page.last = behind[FILES_A_STEP - 1] if len(behind) > FILES_A_STEP else None
        size = sum(file.bytes for file in page.files.values())
        count = "1 file" if len(page.files) == 1 else f"{len(page.files)} files"
        self._run.log("%s: %s, %s kB", folder, count, f"{size / 1000:,.1f}")
        return page

    def _hash(self, path: Path) -> File:
        digest, size, lines, is_text = hashlib.sha256(), 0, 0, True
        with open(path, "rb", opener=open_no_link) as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                lines += chunk.count(b"\n")
                is_text = is_text and b"\0" not in chunk
                self._tell_speed(len(chunk))
        return File(sha256=digest.hexdigest(), bytes=size, lines=lines if is_text else None)

    def _tell_speed(self, size: int) -> None:
        with self._lock:
            self._read += size
            seconds = time.monotonic() - self._since
            if seconds >= SPEED_SECONDS:
                self._run.metric(mb_per_s=round(self._read / seconds / 1e6, 1))
                self._read, self._since = 0, time.monotonic()

    def _skip(self, page: Page, error: OSError) -> None:
        page.skipped += 1
        self._run.log("skipped: %s", error, level="warning")


def said_size(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size} bytes" if size < CHUNK_BYTES else f"{size / 1e6:.1f} MB"


def list_folders(root: Path, after: str) -> list[str]:
    """Return the next folders below the root, in order of their paths."""
    return list(islice(folders_behind(root, Path(after).parts), FOLDERS_A_STEP))


def folders_behind(root: Path, after: tuple[str, ...]) -> Iterator[str]:
    """Yield the folders below the root whose paths, part by part, sort behind `after`."""
    pending: list[tuple[str, ...]] = [()]
    while pending:
        parts = pending.pop()
        if parts > after:
            yield "/".join(parts)
        below = [(*parts, name) for name in names_of_folders(root.joinpath(*parts))]
        pending += sorted((path for path in below if path >= after[: len(path)]), reverse=True)


def names_of_folders(folder: Path) -> list[str]:
    """Return which folders stand in a folder; none if it cannot be read, as hashing it will tell."""
    try:
        with os.scandir(folder) as entries:
            return [e.name for e in entries if is_folder(e) and e.name == said(e.name)]
    except OSError:
        return []


def names_of_files(folder: Path) -> list[str]:
    """Return which files stand in a folder, and the folders whose names no log could hold.

    What is this server's own is left out: its secrets are nobody's business, and closing the file of its
    database would drop the locks that SQLite has on it.
    """
    if folder.resolve() != folder:
        raise NotADirectoryError(f"{folder} has become a link")
    with os.scandir(folder) as entries:
        return [
            e.name
            for e in entries
            if (e.is_file(follow_symlinks=False) or (is_folder(e) and e.name != said(e.name)))
            and e.path not in SERVERS_OWN
        ]


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether it is a folder itself, and no link to one."""
    return entry.is_dir(follow_symlinks=False)


def said(name: str) -> str:
    """Return a name as JSON can hold it: what is no Unicode is escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def open_no_link(path: str, flags: int) -> int:
    """Open a file at once, whatever has taken its place; refuse a symbolic link."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def take_stock(folders: list[list[Page]]) -> Stock:
    """Return the totals of all that was read."""
    pages = [page for folder in folders for page in folder]
    types, total = count_types(pages)
    groups = find_duplicates(pages)
    shown = fitting(groups)
    return Stock(
        folders=len(folders),
        files=total.files,
        bytes=total.bytes,
        skipped=sum(page.skipped for page in pages),
        types=types,
        wasted_bytes=sum(group.wasted for group in groups),
        duplicates=shown,
        duplicates_left_out=len(groups) - len(shown),
    )


def count_types(pages: list[Page]) -> tuple[dict[str, FileType], FileType]:
    """Return the largest types by extension, the rest as one, and the sum of all."""
    types: dict[str, FileType] = defaultdict(FileType)
    total = FileType()
    for page in pages:
        for name, file in page.files.items():
            for counted in (types[Path(name).suffix.lower() or "(none)"], total):
                counted.add(1, file.bytes, file.lines or 0)
    ranked = sorted(types.items(), key=lambda pair: (-pair[1].bytes, pair[0]))
    shown = dict(ranked[:TYPES_SHOWN])
    for _, rest in ranked[TYPES_SHOWN:]:
        shown.setdefault("(other)", FileType()).add(rest.files, rest.bytes, rest.lines)
    return shown, total


def find_duplicates(pages: list[Page]) -> list[Duplicates]:
    """Return the groups of files with the same content, the most wasteful first."""
    paths: dict[tuple[str, int], list[str]] = defaultdict(list)
    for page in pages:
        for name, file in page.files.items():
            paths[file.sha256, file.bytes].append(str(Path(page.folder, name)))
    groups = [
        Duplicates(sha256=sha256, bytes=size, copies=len(same), paths=sorted(same)[:PATHS_SHOWN])
        for (sha256, size), same in paths.items()
        if len(same) > 1
    ]
    return sorted(groups, key=lambda group: (-group.wasted, group.sha256))


def fitting(groups: list[Duplicates]) -> list[Duplicates]:
    """Return the first of the groups, as many as a result has room for."""
    sizes = accumulate(len(group.model_dump_json().encode()) for group in groups)
    fits = [size <= DUPLICATES_BYTES for size in sizes]
    return groups[: fits.count(True)]
