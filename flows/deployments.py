"""Schedules and triggers: what runs when, on a Prefect server."""

import threading

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.flows import Flow
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.clustering import clustering
from flows.kb_regression import kb_regression
from flows.lint_sweep import lint_sweep
from flows.nightly import nightly
from flows.pack_release import pack_release
from flows.recalibration import recalibration
from flows.rewriting import rewriting
from flows.watch import watch
from promptops.errors import SettingsError
from promptops.wiring import shared_services
from tasks.events import KB_CHANGED, kb_resource

BY_HAND: tuple[Flow, ...] = (recalibration, clustering, lint_sweep, rewriting, pack_release)


def deployments(workspace: str, *, name: str, schedule: str) -> list[RunnerDeployment]:
    """The deployments of one workspace.

    Args:
        workspace: Its folder; every run gets it as a parameter.
        name: The workspace's name: that of the deployments, beside their flow's, and of events.
        schedule: When the nightly flow runs, as a cron expression in UTC.
    """
    common = {
        "name": name,
        "tags": ["promptops"],
        # By module, not by file: a file would be loaded with its folder in front of sys.path.
        "entrypoint_type": EntrypointType.MODULE_PATH,
    }
    on_change = DeploymentEventTrigger(
        name=f"kb-changed-{name}",
        expect={KB_CHANGED},
        match={"prefect.resource.id": kb_resource(name, "*")},
        parameters={"workspace": workspace, "kb": "{{ event.payload.kb }}"},
    )
    given = {"workspace": workspace}
    return [
        nightly.to_deployment(
            schedule=Cron(schedule, timezone="UTC"), parameters=given, concurrency_limit=1, **common
        ),
        kb_regression.to_deployment(
            triggers=[on_change], parameters=given, concurrency_limit=1, **common
        ),
        *(each.to_deployment(parameters=given, **common) for each in BY_HAND),
    ]


def check_schedule(schedule: str) -> None:
    """Whether Prefect can follow a schedule; cheap, to be asked before a server is started.

    Raises:
        SettingsError: It is no cron expression.
    """
    try:
        Cron(schedule, timezone="UTC")
    except ValueError as problem:
        raise SettingsError(
            f'"{schedule}" is no cron expression',
            where="nightly.schedule",
            hint='write five fields, such as "0 2 * * *" for every night at 2:00 UTC',
        ) from problem


def serve_workspace(workspace: str, *, name: str, schedule: str) -> None:
    """Serve the deployments, and watch the knowledge bases, until interrupted.

    Runs are processes of this machine, at most two at a time.
    """
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(shared_services(workspace), stop), daemon=True)
    watcher.start()
    try:
        serve(
            *deployments(workspace, name=name, schedule=schedule),
            limit=2,
            print_starting_message=False,
        )
    finally:
        stop.set()
        watcher.join()
