"""``promptops serve``: the services over HTTP."""

import ipaddress
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common
from promptops.cli.output import remark
from promptops.errors import UsageError

if TYPE_CHECKING:
    from promptops.llm.metered import Budget
    from promptops.server.measuring import Opener
    from promptops.wiring import Progress, Services


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8300, show_default=True, help="The port."
)
@common
@click.pass_obj
def command(cli: Cli, host: str, port: int) -> None:
    """Serve linting and, in a workspace, evaluation, optimization, proposals and search over HTTP.

    GET /docs shows the interface. Callers from other machines need a token: set
    PROMPTOPS_SERVER_TOKEN. Runs until interrupted; jobs that were under way can be run again.
    """
    import uvicorn

    from promptops.config.environment import SERVER_TOKEN, server_token
    from promptops.core.clock import system_clock
    from promptops.operations.linting import open_scope
    from promptops.server import create_app

    token = server_token()
    if not token and not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and no token is set",
            where="--host",
            hint=f"set {SERVER_TOKEN}, or listen on 127.0.0.1",
        )
    scope = open_scope(cli.workspace, today=system_clock().date())
    # Without a token, a page in a browser must not reach us under a name of its own.
    hosts = () if token else ("127.0.0.1", "localhost", "[::1]", host)
    opener = None if scope.workspace is None else _opener(scope.workspace.root)
    if opener is None:
        remark(cli, "no workspace here: linting alone is served")
    app = create_app(options=scope.options, opener=opener, token=token, hosts=hosts)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", server_header=False)
    try:
        bound = socket.create_server((host, port), family=_family(host))
    except OSError as problem:
        raise UsageError(
            f"cannot listen on {host}:{port}: {problem.strerror or problem}",
            where="--port",
            hint="another program may be there: choose another port",
        ) from problem
    remark(cli, f"http://{host}:{port}")
    server = uvicorn.Server(config)
    server.run(sockets=[bound])
    if server.started:
        # Only a signal ends it. One that this process was told to ignore, as a shell does for what
        # it starts in the background, is not raised again by the server.
        raise KeyboardInterrupt


def _opener(root: Path) -> "Opener":
    """Opens the workspace for each job."""

    def opener(
        model: str | None = None,
        *,
        budget: "Budget | None" = None,
        progress: "Progress | None" = None,
    ) -> "Services":
        from promptops.wiring import open_services

        return open_services(root, {"llm.model": model}, budget=budget, progress=progress)

    return opener


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
