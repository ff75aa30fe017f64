"""`runcast openapi`: the description of the HTTP interface, as a server at /openapi.json gives it."""

from typing import Annotated

import orjson
import typer

from runcast.cli.loading import load_app

Target = Annotated[
    str | None,
    typer.Argument(
        metavar="[APP]", help="file.py, file.py:name or module:name; Runcast's own if left out."
    ),
]


def openapi(target: Target = None) -> None:
    """Print the OpenAPI description of an application, or of Runcast alone."""
    # Web framework and routes are not loaded for `runcast --help`.
    from runcast.application import Runcast  # noqa: PLC0415

    app = Runcast() if target is None else load_app(target)
    typer.echo(orjson.dumps(app.openapi(), option=orjson.OPT_INDENT_2).decode())
