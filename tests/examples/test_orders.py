"""examples/orders on both databases: its tables beside Runcast's, its revisions, its routes, its handler."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.conftest import SECRET
from tests.tools.databases import Databases, execute
from tests.tools.nodes import COMMAND, Node
from tests.tools.processes import ServerProcess, environment
from tests.tools.schema import run_sql

EXAMPLE = Path(__file__).parents[2] / "examples" / "orders"
ALEMBIC = Path(sys.executable).with_name("alembic")
SECONDS = 60
ID = "00000000000070008000000000000001"
A_USER = (
    "INSERT INTO users (id, email, email_key, name, is_admin, created_at)"
    f" VALUES ('{ID}', 'ada@example.com', 'ada@example.com', 'Ada', false, '2026-01-01')"
)
AN_ORDER = (
    "INSERT INTO orders (id, owner_id, address, lines, placed_at, version)"
    f" VALUES ('{ID}', '{ID}', 'here', '{{}}', '2026-01-01', 1)"
)
WANTED = {"apples": 6, "pears": 3}


class Project:
    """A copy of the example, and the commands that its people type."""

    def __init__(self, folder: Path, settings: dict[str, object]) -> None:
        self.folder = folder
        self.home = folder / "orders"
        self.app = self.home / "app.py"
        self.settings = {
            "secret_key": SECRET,
            "password_memory_kib": 64,
            "password_passes": 1,
            "park_seconds": 0.5,
            **settings,
        }
        shutil.copytree(EXAMPLE, self.home, ignore=shutil.ignore_patterns("__pycache__"))

    def runcast(self, *arguments: str, status: int = 0) -> str:
        """Run `runcast`, and return what it printed."""
        return self._run([str(COMMAND), *arguments], self.folder, status)

    def alembic(self, *arguments: str) -> str:
        """Run plain `alembic` where the example's alembic.ini lies, and return what it printed."""
        return self._run([str(ALEMBIC), *arguments], self.home, 0)

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements one after the other, and return what the last one finds."""
        url = str(self.settings["database_url"])
        run = run_sql if url.startswith("sqlite") else execute
        return [run(url, statement) for statement in statements][-1]

    def _run(self, command: list[str], folder: Path, status: int) -> str:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**environment(self.settings), "PYTHONWARNINGS": "error::UserWarning"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == status, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout


def on_sqlite(folder: Path) -> Project:
    """Return the project on a file that does not exist yet."""
    return Project(folder, {"database_url": f"sqlite:///{folder}/runcast-data/runcast.db"})


def on_postgres(folder: Path, postgres: Databases) -> Project:
    """Return the project on an empty database of a server."""
    return Project(folder, {"database_url": postgres.new()})


@pytest.fixture(params=["sqlite", "postgres"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """Return the project on a database without a table, of one kind and then of the other."""
    if request.param == "sqlite":
        return on_sqlite(tmp_path)
    return on_postgres(tmp_path, request.getfixturevalue("postgres"))


@contextmanager
def one_process(project: Project) -> Iterator[list[str]]:
    """Serve it from one process with everything in it."""
    with ServerProcess(project.app, project.folder, **project.settings) as server:
        yield [server.url, server.url]


@contextmanager
def three_processes(project: Project) -> Iterator[list[str]]:
    """Serve it from two API processes and a worker, which share nothing but the database."""
    app, folder, settings = project.app, project.folder, project.settings
    nodes = [Node(it, app, folder / it, **settings) for it in ("api1", "api2", "worker1")]
    with ExitStack() as stack:
        for node in nodes:
            stack.callback(node.kill)
            node.start()
        yield [node.url for node in nodes if node.serves]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def urls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """Yield two addresses of the product: of one process, and then of two."""
    folder = tmp_path_factory.mktemp("orders")
    if request.param == "sqlite":
        project, served = on_sqlite(folder), one_process
    else:
        project, served = on_postgres(folder, request.getfixturevalue("postgres")), three_processes
    project.runcast("db", "upgrade", "--app", "orders/app.py")
    with served(project) as urls:
        yield urls


Person = Callable[[str, str], httpx2.Client]


@pytest.fixture
def person(urls: list[str]) -> Iterator[Person]:
    """Return how to become somebody's client at an address; they register at the first."""
    tokens: dict[str, str] = {}
    with ExitStack() as stack:

        def client(name: str, url: str) -> httpx2.Client:
            if name not in tokens:
                tokens[name] = _register(urls[0], f"{name}@example.com")
            headers = {"Authorization": f"Bearer {tokens[name]}"}
            made = httpx2.Client(base_url=url, headers=headers, timeout=30, trust_env=False)
            return stack.enter_context(made)

        yield client


def _register(url: str, email: str) -> str:
    password = "a long password of the tests"
    with httpx2.Client(base_url=url, timeout=30, trust_env=False) as client:
        who = {"email": email, "password": password}
        client.post("/api/auth/register", json=who).raise_for_status()
        form = {"grant_type": "password", "username": email, "password": password}
        answer = client.post("/api/auth/token", data=form).raise_for_status()
        return str(answer.json()["access_token"])


def placed(client: httpx2.Client) -> str:
    """Place an order, and return its id."""
    answer = client.post("/orders", json={"address": "12 Somewhere St", "wanted": WANTED})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def ended(client: httpx2.Client, order_id: str) -> dict[str, Any]:
    """Pack an order, and return the execution as it ended."""
    body = {"handler": "pack", "input": {"order_id": order_id}}
    answer = client.post("/api/executions", json=body)
    assert answer.status_code == 201, answer.text
    path = f"/api/executions/{answer.json()['id']}"
    stream = client.get(f"{path}/events", headers={"Accept": "text/event-stream"})
    assert "event: end" in stream.text
    execution: dict[str, Any] = client.get(path).json()
    return execution


def test_its_revisions_go_up_down_and_up_again_beside_runcasts_without_drift(
    project: Project,
) -> None:
    app = ("--app", "orders/app.py")
    assert "0001 (head)" in project.runcast("db", "upgrade", *app)
    for command in (("check",), ("check", *app)):
        assert "No new upgrade operations detected" in project.runcast("db", *command)
    project.execute(A_USER, AN_ORDER)

    refused = project.runcast("db", "downgrade", "base", status=1)
    assert "users" in refused
    assert project.execute("SELECT address FROM orders") == [("here",)]

    assert "0001" not in project.runcast("db", "downgrade", "-1", *app)
    assert project.execute("SELECT email FROM users") == [("ada@example.com",)]
    project.runcast("db", "downgrade", "base")
    assert "0001 (head)" in project.runcast("db", "upgrade", *app)
    assert "No new upgrade operations detected" in project.runcast("db", "check", *app)
    assert project.execute("SELECT count(*) FROM orders") == [(0,)]


def test_plain_alembic_does_the_same_in_its_folder(tmp_path: Path) -> None:
    project = on_sqlite(tmp_path)
    project.runcast("db", "upgrade")
    project.alembic("upgrade", "head")
    assert "(head), orders" in project.alembic("history")
    project.alembic("downgrade", "-1")
    assert "0001" not in project.alembic("current")
    project.alembic("upgrade", "head")
    assert "0001 (head)" in project.runcast("db", "current", "--app", "orders/app.py")

    models = project.home / "models.py"
    models.write_text(models.read_text().replace("    address: Mapped[str]\n", ""))
    project.alembic("revision", "--autogenerate", "-m", "no address")
    assert "drop_column" in (project.home / "migrations/0002_no_address.py").read_text()
    project.alembic("upgrade", "head")
    assert "No new upgrade operations detected" in project.alembic("check")


def test_an_order_placed_at_one_is_changed_and_packed_at_the_other(
    urls: list[str], person: Person
) -> None:
    here, there = (person("ada", url) for url in urls)
    order_id = placed(here)
    answer = there.put(f"/orders/{order_id}/lines/pears", params={"wanted": 9})
    assert answer.status_code == 200, answer.text
    execution = ended(there, order_id)
    assert (execution["state"], execution["result"]) == ("succeeded", {"apples": 2, "pears": 3})
    lines = here.get(f"/orders/{order_id}").json()["lines"]
    assert [box["pieces"] for box in lines["apples"]["boxes"]] == [4, 2]
    assert [box["pieces"] for box in lines["pears"]["boxes"]] == [4, 4, 1]
    assert [order["id"] for order in there.get("/orders").json()] == [order_id]


def test_what_is_changed_in_place_by_many_at_once_is_kept_or_refused_and_never_lost(
    urls: list[str], person: Person
) -> None:
    clients = [person("ben", url) for url in urls]
    order_id = placed(clients[0])

    def change(number: int) -> tuple[str, int]:
        name = f"thing {number}"
        path = f"/orders/{order_id}/lines/{name}"
        return name, clients[number % 2].put(path, params={"wanted": 1}).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = dict(threads.map(change, range(24)))
    assert set(answers.values()) <= {200, 409}
    kept = {name for name, status in answers.items() if status == 200}
    lines = clients[0].get(f"/orders/{order_id}").json()["lines"]
    assert kept
    assert lines.keys() == kept | WANTED.keys()


def test_an_order_is_its_owners_alone(urls: list[str], person: Person) -> None:
    order_id = placed(person("cyd", urls[0]))
    eve = person("eve", urls[1])
    assert eve.get(f"/orders/{order_id}").status_code == 404
    assert eve.get("/orders").json() == []
    execution = ended(eve, order_id)
    assert (execution["state"], execution["error"]["code"]) == ("failed", "no_such_order")
    with httpx2.Client(base_url=urls[0], trust_env=False) as nobody:
        assert nobody.get("/orders").status_code == 401
