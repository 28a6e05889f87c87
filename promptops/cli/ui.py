"""``promptops ui``: MLflow's pages over the workspace's runs."""

import subprocess
import sys

import click

from promptops.cli.lazy import Cli
from promptops.cli.options import common, open_workspace
from promptops.cli.output import remark


@click.command
@click.option(
    "--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="On loopback."
)
@common
@click.pass_obj
def command(cli: Cli, port: int) -> int:
    """Browse runs, variants and packs in MLflow. Runs until interrupted."""
    services = open_workspace(cli)
    uri = services.tracking_uri
    if uri.startswith("http"):
        remark(cli, f"the runs are at {uri}")
        return 0
    remark(cli, f"http://127.0.0.1:{port}")
    # The environment is prepared already: without LITELLM_LOCAL_MODEL_COST_MAP MLflow's server
    # waits forever for a download when there is no network.
    arguments = ["ui", "--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port)]
    return subprocess.run([sys.executable, "-m", "mlflow", *arguments], check=False).returncode  # noqa: S603
