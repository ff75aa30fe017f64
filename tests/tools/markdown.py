"""What the documents hold: fenced blocks, inline code, links, headings and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "clients/python/README.md",
        ROOT / "clients/conformance/README.md",
    ]
)
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NOT_RUN = re.compile(r"<!-- not run: \S.* -->\n\Z")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; `runs` unless a comment right above it says why it cannot."""

    document: Path
    line: int
    language: str
    text: str
    runs: bool


def name_of(document: Path) -> str:
    """Return the document's path from the root, for the names of tests."""
    return str(document.relative_to(ROOT))


def blocks(document: Path, *languages: str) -> list[Block]:
    """Return the document's fenced blocks, of these languages or all, in order."""
    text = document.read_text()
    found = [
        Block(
            document,
            text.count("\n", 0, match.start()) + 1,
            match[1],
            match[2],
            runs=_NOT_RUN.search(text, 0, match.start()) is None,
        )
        for match in _FENCE.finditer(text)
    ]
    return [block for block in found if not languages or block.language in languages]


def prose(document: Path) -> str:
    """Return the document without its fenced blocks."""
    return _FENCE.sub("", document.read_text())


def inline_code(document: Path) -> list[str]:
    """Return what stands between backticks in the document's prose."""
    return re.findall(r"`([^`]+)`", prose(document))


def links(document: Path) -> list[str]:
    """Return where the document's links lead."""
    without_code = re.sub(r"`[^`]*`", "", prose(document))
    return re.findall(r"\]\(([^)\s]+)\)", without_code)


def anchors(document: Path) -> set[str]:
    """Return the anchors of the document's headings, as repository hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading).lower() for heading in headings)
    return {text.replace(" ", "-") for text in plain}


def rows(document: Path, heading: str) -> Iterator[list[str]]:
    """Yield the cells of the first table below a heading, its head left out."""
    section = document.read_text().partition(f"# {heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None, f"{document} has no table below {heading}"
    for line in table[0].splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]
