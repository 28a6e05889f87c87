"""Check data sets against their contracts."""

from typing import TYPE_CHECKING

from prefect import task

from promptops.operations.data import check_data
from promptops.wiring import shared_services
from tasks.policy import RETRIED

if TYPE_CHECKING:
    from promptops.golden.contracts import ContractReport


@task(task_run_name="check data contracts", **RETRIED)
def check_contracts(workspace: str) -> "tuple[ContractReport, ...]":
    """Every data set's contract report; an unchanged one comes from the evidence."""
    return check_data(shared_services(workspace))
