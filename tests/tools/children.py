"""A child process: where a server says that it answers, and an end without a zombie or an open file."""

import signal
import subprocess
import threading


def address_in(line: str) -> str:
    """Return the address of a server from a line with it that `runcast serve` prints."""
    return line.split()[1].removesuffix("/docs")


def end(
    process: "subprocess.Popen[str]",
    reading: threading.Thread,
    number: signal.Signals,
    seconds: float,
) -> int:
    """Send the signal, and return the exit status.

    Args:
        process: a child, running or not; its stdout is a pipe.
        reading: the thread that reads its stdout to the end.
        number: the signal.
        seconds: how long it may take to end.

    Raises:
        subprocess.TimeoutExpired: it took longer; it is killed.
    """
    try:
        process.send_signal(number)
        return process.wait(seconds)
    finally:
        process.kill()
        process.wait()
        reading.join()
        assert process.stdout is not None
        process.stdout.close()
