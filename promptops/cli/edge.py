"""Where every failure of a command becomes one line and an exit status."""

import os
import sys
from contextlib import suppress

import click

from promptops.errors import PromptOpsError

DEFECT = 70
INTERRUPTED = 130
BROKEN_PIPE = 141


def report_failure(problem: BaseException, *, debug: bool = False) -> int:
    """Say what went wrong in one line on stderr; returns the exit status.

    Args:
        problem: What was raised.
        debug: Print the traceback too.
    """
    problem = _first_expected(problem)
    if isinstance(problem, click.exceptions.Exit):
        return problem.exit_code
    if isinstance(problem, SystemExit):
        return problem.code if isinstance(problem.code, int) else int(problem.code is not None)
    if debug:
        import traceback

        traceback.print_exception(problem)
    if isinstance(problem, BrokenPipeError):
        # Whoever read our output has gone. The interpreter flushes stdout once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    if isinstance(problem, KeyboardInterrupt | click.Abort):
        return _say("interrupted: finished work is kept", INTERRUPTED)
    if isinstance(problem, PromptOpsError):
        return _say(f"error[{problem.code}]: {problem}", problem.exit_status)
    if isinstance(problem, click.UsageError):
        path = problem.ctx.command_path if problem.ctx else "promptops"
        return _say(f"error[usage]: {_sentence(problem)} (see `{path} --help`)", 2)
    if isinstance(problem, click.ClickException):
        return _say(f"error[usage]: {_sentence(problem)}", 2)
    if isinstance(problem, OSError) and problem.filename is None:
        # Nothing but our own output is written without a name: `> /dev/full`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _say(f"error[storage]: output: {problem.strerror}", 2)
    text = f"error[internal]: {type(problem).__name__}: {problem}"
    advice = "" if debug else " (this is a defect; PROMPTOPS_DEBUG=1 shows the traceback)"
    return _say(f"{text}{advice}", DEFECT)


def _first_expected(problem: BaseException) -> BaseException:
    """Of several failures at once, the first that has something to say to the user."""
    if not isinstance(problem, BaseExceptionGroup):
        return problem
    leaves = [_first_expected(inner) for inner in problem.exceptions]
    return next((leaf for leaf in leaves if isinstance(leaf, PromptOpsError)), leaves[0])


def _sentence(problem: click.ClickException) -> str:
    text = problem.format_message().strip().rstrip(".")
    return text[:1].lower() + text[1:]


def _say(text: str, status: int) -> int:
    line = " ".join(text.split())
    with suppress(OSError):  # stderr is closed: nobody can be told
        click.echo(line, err=True)
    return status
