"""``promptops deploy``: schedules and triggers on Prefect."""

import click

from promptops.cli.guard import open_package
from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace
from promptops.cli.output import remark
from promptops.config.environment import make_prefect_home


@click.command()
@click.option(
    "--schedule", metavar="CRON", help="When the night runs, in UTC; else the workspace's setting."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=4200, show_default=True, help="Of the server."
)
@common
@click.pass_obj
def command(cli: Cli, schedule: str | None, port: int) -> None:
    """Serve the flows: the night on its schedule, regressions when a knowledge base changes.

    Uses the Prefect server that PREFECT_API_URL names, else starts one on loopback. Runs until
    interrupted.
    """
    services = open_workspace(cli, [("nightly.schedule", schedule)])
    settings = services.settings
    server = open_package("flows", "server")
    deployments = open_package("flows", "deployments")
    deployments.check_schedule(settings.nightly.schedule)
    make_prefect_home()
    remark(cli, "starting …")
    with server.prefect_server(port) as url:
        remark(cli, f"Prefect: {url.removesuffix('/api')}")
        remark(cli, f"nightly/{settings.general.name}: {settings.nightly.schedule} (UTC)")
        remark(cli, f"kb-regression/{settings.general.name}: when a knowledge base changes")
        deployments.serve_workspace(
            str(services.workspace.root),
            name=settings.general.name,
            schedule=settings.nightly.schedule,
        )
