"""The lock on the data folder and the key in it, with real processes where two are meant."""

import base64
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runcast.database.data_folder import (
    KEY_NAME,
    LOCK_NAME,
    DataFolderHeld,
    DataFolderLock,
    make_folder,
    secret_key,
)

HOLDER = """
import sys
from pathlib import Path
from runcast.database.data_folder import DataFolderLock
with DataFolderLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
KEY_READER = """
import sys
from pathlib import Path
from runcast.database.data_folder import secret_key
sys.stdin.read()
print(secret_key(Path(sys.argv[1])))
"""


def start(source: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", source, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "data")
    assert mode(tmp_path / "data") == 0o700


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    make_folder(tmp_path / "data")
    assert mode(tmp_path / "data") == 0o755


def test_a_second_holder_in_this_process_is_refused(tmp_path: Path) -> None:
    with DataFolderLock(tmp_path), pytest.raises(DataFolderHeld) as refusal:
        DataFolderLock(tmp_path).acquire()
    assert refusal.value.holder == os.getpid()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    lock = DataFolderLock(tmp_path)
    lock.acquire()
    lock.release()
    lock.release()
    with DataFolderLock(tmp_path):
        assert (tmp_path / LOCK_NAME).read_text() == str(os.getpid())


def test_the_refusal_names_the_process_that_holds_the_folder(tmp_path: Path) -> None:
    with start(HOLDER, tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(DataFolderHeld, match=f"in use by process {process.pid}"):
            DataFolderLock(tmp_path).acquire()
        process.communicate("")


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    with start(HOLDER, tmp_path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
        with DataFolderLock(tmp_path):
            pass


def test_a_holder_that_has_not_said_who_it_is_is_another_process(tmp_path: Path) -> None:
    with DataFolderLock(tmp_path):
        (tmp_path / LOCK_NAME).write_text("")
        with pytest.raises(DataFolderHeld, match="another process"):
            DataFolderLock(tmp_path).acquire()


def test_a_key_is_32_random_bytes_that_only_the_owner_reads(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "data")
    assert len(base64.urlsafe_b64decode(key)) == 32
    assert mode(tmp_path / "data" / KEY_NAME) == 0o600
    assert names(tmp_path / "data") == [KEY_NAME]


def test_a_key_stays_the_same_and_differs_between_folders(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "one")
    assert secret_key(tmp_path / "one") == key
    assert secret_key(tmp_path / "two") != key


def test_threads_that_race_for_the_first_key_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: secret_key(tmp_path), range(64)))
    assert len(keys) == 1
    assert names(tmp_path) == [KEY_NAME]


def test_processes_that_race_for_the_first_key_get_the_same(tmp_path: Path) -> None:
    processes = [start(KEY_READER, tmp_path) for _ in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    keys = {process.communicate()[0] for process in processes}
    assert keys == {secret_key(tmp_path) + "\n"}


def test_a_key_that_comes_into_being_meanwhile_is_the_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = secret_key(tmp_path)
    seen = iter([False])
    monkeypatch.setattr(Path, "exists", lambda _path: next(seen))
    assert secret_key(tmp_path) == first


def test_an_empty_key_is_refused_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_NAME).write_text("")
    with pytest.raises(ValueError, match="holds no key"):
        secret_key(tmp_path)
    assert (tmp_path / KEY_NAME).read_text() == ""
