"""``promptops serve``: the services over HTTP."""

import ipaddress
import socket

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common
from promptops.cli.output import remark
from promptops.errors import UsageError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8300, show_default=True, help="The port."
)
@common
@click.pass_obj
def command(cli: Cli, host: str, port: int) -> None:
    """Serve linting over HTTP: POST /v1/lint, GET /v1/lint/rules, GET /openapi.json.

    Callers from other machines need a token: set PROMPTOPS_SERVER_TOKEN. Runs until interrupted.
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
    app = create_app(options=scope.options, token=token, hosts=hosts)
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
    uvicorn.Server(config).run(sockets=[bound])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
