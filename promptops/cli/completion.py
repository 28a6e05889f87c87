"""``promptops completion``."""

import click
from click.shell_completion import get_completion_class

from promptops.cli.output import emit_text


@click.command
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash   eval "$(promptops completion bash)"      in ~/.bashrc
    zsh    eval "$(promptops completion zsh)"       in ~/.zshrc
    fish   promptops completion fish | source       in ~/.config/fish/config.fish
    """  # noqa: D301 - click reads the character, not its two-character name
    from promptops.cli import app

    found = get_completion_class(shell)
    assert found is not None
    emit_text(found(app, {}, "promptops", "_PROMPTOPS_COMPLETE").source())
