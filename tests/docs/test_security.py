"""docs/security.md speaks of every requirement once, and names settings and tests that exist."""

import re

from runcast.settings import Settings
from tests.tools.markdown import ROOT, inline_code

SECURITY = ROOT / "docs/security.md"
# ASVS 5.0, levels 1 and 2: by section, the numbers of its requirements.
REQUIREMENTS = {
    "1.1": [1, 2],
    "1.2": range(1, 10),
    "1.3": range(1, 12),
    "1.4": [1, 2, 3],
    "1.5": [1, 2],
    "2.1": [1, 2, 3],
    "2.2": [1, 2, 3],
    "2.3": [1, 2, 3, 4],
    "2.4": [1],
    "3.2": [1, 2],
    "3.3": [1, 2, 3, 4],
    "3.4": range(1, 7),
    "3.5": range(1, 6),
    "3.7": [1, 2],
    "4.1": [1, 2, 3],
    "4.2": [1],
    "4.3": [1, 2],
    "4.4": [1, 2, 3, 4],
    "5.1": [1],
    "5.2": [1, 2, 3],
    "5.3": [1, 2],
    "5.4": [1, 2, 3],
    "6.1": [1, 2, 3],
    "6.2": range(1, 12),
    "6.3": [1, 2, 3],
    "6.4": [1, 2, 3, 4],
    "6.5": range(1, 6),
    "6.6": [1, 2, 3],
    "6.8": [1, 2, 3, 4],
    "7.1": [1, 2, 3],
    "7.2": [1, 2, 3, 4],
    "7.3": [1, 2],
    "7.4": range(1, 6),
    "7.5": [1, 2],
    "7.6": [1, 2],
    "8.1": [1, 2],
    "8.2": [1, 2, 3],
    "8.3": [1],
    "8.4": [1],
    "9.1": [1, 2, 3],
    "9.2": [1, 2, 3, 4],
    "10.1": [1, 2],
    "10.2": [1, 2],
    "10.3": [1, 2, 3, 4],
    "10.4": range(1, 12),
    "10.5": range(1, 6),
    "10.6": [1, 2],
    "10.7": [1, 2, 3],
    "11.1": [1, 2],
    "11.2": [1, 2, 3],
    "11.3": [1, 2, 3],
    "11.4": [1, 2, 3, 4],
    "11.5": [1],
    "11.6": [1],
    "12.1": [1, 2, 3],
    "12.2": [1, 2],
    "12.3": [1, 2, 3, 4],
    "13.1": [1],
    "13.2": range(1, 6),
    "13.3": [1, 2],
    "13.4": range(1, 6),
    "14.1": [1, 2],
    "14.2": [1, 2, 3, 4],
    "14.3": [1, 2, 3],
    "15.1": [1, 2, 3],
    "15.2": [1, 2, 3],
    "15.3": range(1, 8),
    "16.1": [1],
    "16.2": range(1, 6),
    "16.3": [1, 2, 3, 4],
    "16.4": [1, 2, 3],
    "16.5": [1, 2, 3],
}


def test_every_requirement_of_levels_1_and_2_is_told_of_once() -> None:
    section = SECURITY.read_text().partition("## ASVS 5.0\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \|", section, re.MULTILINE)
    told = [requirement for cell in cells for requirement in cell.split(", ")]
    asked = {f"{part}.{number}" for part, numbers in REQUIREMENTS.items() for number in numbers}
    assert sorted(told) == sorted(set(told))
    assert set(told) == asked


def test_the_settings_and_tests_that_it_names_exist() -> None:
    code = inline_code(SECURITY)
    settings = {name for name in code if re.fullmatch(r"RUNCAST_[A-Z_]+", name)}
    assert settings <= {f"RUNCAST_{name.upper()}" for name in Settings.model_fields}
    tests = {name for name in code if name.startswith("tests/")}
    assert len(tests) > 50
    assert [name for name in sorted(tests) if not (ROOT / name).is_file()] == []


def test_what_is_met_is_proved_by_a_test() -> None:
    met = SECURITY.read_text().partition("### Met\n")[2].partition("\n### ")[0]
    unproved = [
        line for line in met.splitlines() if re.match(r"\| \d", line) and "`tests/" not in line
    ]
    assert unproved == []
