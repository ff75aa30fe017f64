"""`runcast answer`, `runcast signal`, `runcast cancel`: what people send to an execution."""

from typing import Annotated, Any

import typer

from runcast.cli.questions import typed_value

Id = Annotated[str, typer.Argument(metavar="ID", help="As `runcast run` printed it.")]
Question = Annotated[str, typer.Argument(metavar="QUESTION", help="As `runcast watch` shows it.")]
Value = Annotated[str, typer.Argument(metavar="VALUE", help="JSON; what is none is a text.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name that the handler waits for.")]
Data = Annotated[str, typer.Argument(metavar="DATA", help="JSON; what is none is a text.")]


def answer(execution_id: Id, question: Question, value: Value) -> None:
    """Answer a question that an execution asks. The first answer that fits counts.

    Exit status: 0 the answer counts, 4 it does not.
    """
    given = _value(value, "VALUE")
    # The client takes longer to load than all of `runcast --help`.
    from runcast.cli.sending import send  # noqa: PLC0415

    send(
        "answer",
        lambda client, key: client.executions.answer(
            execution_id, question, given, idempotency_key=key
        ),
    )


def signal(execution_id: Id, name: Name, data: Data = "null") -> None:
    """Tell an execution something. It is kept until its handler asks for it.

    Exit status: 0 it was sent, 4 refused.
    """
    given = _value(data, "DATA")
    from runcast.cli.sending import send  # noqa: PLC0415

    send(
        "signal",
        lambda client, key: client.executions.signal(
            execution_id, name, given, idempotency_key=key
        ),
    )


def cancel(execution_id: Id) -> None:
    """End an execution and the children that it started: at once, or when its handler heeds it.

    Exit status: 0 it was asked to end, 4 refused.
    """
    from runcast.cli.sending import send  # noqa: PLC0415

    send(
        "cancel",
        lambda client, key: client.executions.cancel(execution_id, idempotency_key=key),
    )


def _value(text: str, name: str) -> Any:
    try:
        return typed_value(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=name) from None
