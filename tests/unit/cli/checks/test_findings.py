"""Where nobody else reaches the server, nothing is worse than a note."""

from runcast.cli.checks.findings import Level, danger, milder, note, ok, warning


def test_what_is_found_on_ones_own_machine_is_told_and_worries_nobody() -> None:
    found = [ok("a", "fine"), note("b", "so"), warning("c", "hm", "x"), danger("d", "no", "y")]
    told = milder(found)
    assert [finding.level for finding in told] == [Level.OK, *[Level.NOTE] * 3]
    assert [(f.about, f.what, f.advice) for f in told] == [
        (f.about, f.what, f.advice) for f in found
    ]
