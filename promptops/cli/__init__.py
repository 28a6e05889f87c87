"""The command line: a table of commands, each loaded when it is called, and one place for errors.

Nothing heavy is imported here or by listing the commands: help texts live in the table.
"""

import os
import sys
from collections.abc import Sequence

import click

from promptops import __version__
from promptops.cli.edge import report_failure
from promptops.cli.lazy import Cli, LazyGroup

SECTIONS: dict[str, dict[str, str]] = {
    "Begin": {
        "init": "Make a new workspace.",
        "import": "Make prompts out of a CSV, a JSONL file or a folder of texts.",
        "models": "Download and list models.",
        "doctor": "Check that everything here is in order.",
        "config": "Show settings and where each comes from.",
    },
    "Prompts": {
        "lint": "Find what makes prompts vague, unsafe, wasteful or wrong.",
        "fmt": "Write prompt files in their standard form.",
        "show": "Show a prompt, or list all prompts.",
        "diff": "Compare two prompts or versions, and tell the version bump.",
        "render": "Fill in a prompt's variables.",
        "search": "Find prompts by meaning.",
        "cluster": "Group prompts that do similar work.",
        "duplicates": "List prompts that say the same.",
    },
    "Improve": {
        "evaluate": "Score a prompt on its golden set.",
        "optimize": "Search for a better version and prove it on held-out cases.",
        "rewrite": "Adapt prompts to models and families, and prove it.",
        "portability": "Show what of prompts does not travel to other models.",
        "proposals": "List, show, accept or reject proposed versions.",
    },
    "Knowledge": {
        "validate": "Check data sets against their contracts.",
        "kb": "List, snapshot, compare, update and index knowledge bases.",
        "regress": "Test retrieving prompts against a new knowledge base.",
        "graph": "Draw which prompt depends on which knowledge and data.",
    },
    "Operate": {
        "run": "Run a flow, such as the nightly.",
        "ui": "Browse runs, variants and packs in MLflow.",
        "serve": "Serve linting, evaluation and optimization over HTTP.",
        "lsp": "Speak to an editor: findings while typing, quick fixes.",
        "deploy": "Put flows on their schedules and triggers.",
        "route": "Explain routing, recalibrate it, look at the run log.",
        "pack": "Build, verify, list and export packs.",
        "completion": "Print the shell completion script.",
    },
}

_MODULES = {"import": "promptops.cli.import_"}


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    modules=_MODULES,
    package="promptops.cli",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="promptops", message="%(prog)s %(version)s")
@click.option(
    "--workspace",
    "-w",
    metavar="DIR",
    help="The workspace; else PROMPTOPS_WORKSPACE, else here or in a folder above.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks on stderr.")
@click.option(
    "--debug", is_flag=True, envvar="PROMPTOPS_DEBUG", help="Show tracebacks and warnings."
)
@click.pass_obj
def app(cli: Cli, workspace: str | None, quiet: bool, debug: bool) -> None:
    """The control tower for an organization's prompts."""
    cli.workspace = workspace
    cli.quiet = quiet
    cli.debug = debug
    if not debug and not sys.warnoptions:
        import warnings

        # Deprecations inside libraries are no news to who runs a command.
        warnings.simplefilter("ignore")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and end the process with its exit status.

    0 ok; 1 findings or a gate that said no; 2 wrong usage or input; 70 a defect of ours;
    130 interrupted; 141 the reader of our output has gone.
    """
    _open_closed_streams()
    cli = Cli()
    try:
        status = app.main(args=arguments, prog_name="promptops", standalone_mode=False, obj=cli)
        sys.stdout.flush()
    except BaseException as problem:  # noqa: BLE001 - the one edge: every failure becomes a line
        status = report_failure(problem, debug=cli.debug)
    sys.exit(status if isinstance(status, int) else 0)


def _open_closed_streams() -> None:
    """Put the null device in the place of a standard stream that is closed, as ``>&-`` does.

    Left closed, its number would go to the next file opened, a database perhaps, and what a library
    prints would end up in there.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # The lowest free number is taken: that of the stream.
            handle = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(handle, mode, encoding="utf-8", closefd=False))
