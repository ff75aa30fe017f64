"""Every link leads somewhere, and every file that a document names is there."""

import re
from pathlib import Path

import pytest

from tests.tools.markdown import DOCUMENTS, ROOT, anchors, inline_code, links, name_of, prose

# What stands in a document as an example, or is made while Runcast runs.
MADE = ("runcast-data/", "runcast-proof/", "migrations/", ".venv/")
EXAMPLES = {"file.py", "greet.py", "teams.py", "runcast.lock", "local-credential.json"}
# What other projects call their rooms (ARCHITECTURE.md's map from theirs to ours).
ELSEWHERE = "## If you look for"
_FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|json|ini|lock)|[\w./-]+/")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for link in links(document):
        if link.startswith("https://"):
            continue
        place, _, anchor = link.partition("#")
        target = document.parent / place if place else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_files_named_are_there(document: Path) -> None:
    ours = prose(document).partition(ELSEWHERE)[0]
    for code in inline_code(document):
        named = _FILE.fullmatch(code) and f"`{code}`" in ours and code not in EXAMPLES
        if named and not code.startswith(("/", *MADE)):
            assert _exists(document, code), code


def test_every_document_is_linked_from_another() -> None:
    linked = {
        (document.parent / link.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for link in links(document)
        if not link.startswith("https://")
    }
    unlinked = {name_of(document) for document in DOCUMENTS if document not in linked}
    assert unlinked == {"README.md"}


def _exists(document: Path, name: str) -> bool:
    roots = (ROOT, ROOT / "src/runcast", document.parent)
    in_a_room = any((ROOT / "src/runcast").glob(f"**/{name}"))
    return in_a_room or any((root / name).exists() for root in roots)
