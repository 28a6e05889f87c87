"""Tasks for `rewrite_bases` besides those of `optimize_tasks`, from Banking77 and CLINC150."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from optimize_sources import DATA, Row, drawn
from optimize_tasks import Task, tasks

from promptops.golden.case import GoldenCase

POOL, TEST = 60, 120

TRANSFERS = (
    *("balance_not_updated_after_bank_transfer", "beneficiary_not_allowed", "cancel_transfer"),
    *("failed_transfer", "pending_transfer", "transfer_fee_charged", "transfer_timing"),
    "transfer_not_received_by_recipient",
)
TRAVEL = (
    *("book_flight", "book_hotel", "car_rental", "flight_status", "international_visa"),
    *("lost_luggage", "travel_alert", "plug_type", "vaccines", "translate"),
)
WORK = (
    *("direct_deposit", "pto_request", "taxes", "payday", "w2", "pto_balance", "insurance"),
    *("next_holiday", "schedule_meeting", "meeting_schedule"),
)
HOME = (
    *("shopping_list_update", "next_song", "play_music", "update_playlist", "todo_list_update"),
    *("calendar_update", "order", "reminder_update", "smart_home", "what_song"),
)


def known_task(name: str) -> Task:
    """A task of `optimize_tasks`; labels have room for a sentence around them."""
    task = tasks()[name]
    return replace(task, max_tokens=32) if task.labels else task


def new_task(name: str, labels: Sequence[str], pool: Iterable[Row], test: Iterable[Row]) -> Task:
    """A task of rows, chosen and ordered by a hash."""

    def cases(rows: Iterable[Row], most: int) -> tuple[GoldenCase, ...]:
        ordered = sorted(rows, key=lambda row: drawn(name, row[0], *row[1].values()))
        return tuple(
            GoldenCase(id=key, inputs=dict(inputs), expected=expected)
            for key, inputs, expected in ordered[:most]
        )

    return Task(
        name=name, instruction="", user="{{ text }}", metric="label_match", max_tokens=32,
        labels=tuple(map(_readable, labels)), pool=cases(pool, POOL), test=cases(test, TEST),
    )  # fmt: skip


def banking_rows(labels: Sequence[str]) -> tuple[Sequence[str], list[Row], list[Row]]:
    """The labels, and messages of Banking77 with one of them for the pool and to hold out."""
    with (DATA / "intel/intent/banking77_train.csv").open(encoding="utf-8", newline="") as stream:
        found = [row for row in csv.DictReader(stream) if row["category"] in labels]
    rows: list[Row] = [
        (f"banking-{number:04}", {"text": row["text"].strip()}, _readable(row["category"]))
        for number, row in enumerate(found)
    ]
    rows.sort(key=lambda row: drawn("deal", row[0]))
    return labels, rows[:POOL], rows[POOL:]


def clinc_rows(labels: Sequence[str]) -> tuple[Sequence[str], list[Row], list[Row]]:
    """The labels, and requests of CLINC150 with one of them for the pool and to hold out."""
    data = json.loads((DATA / "intel/intent/clinc150_full.json").read_text(encoding="utf-8"))

    def rows(part: str) -> list[Row]:
        return [
            (f"clinc-{part}-{number:05}", {"text": text}, _readable(label))
            for number, (text, label) in enumerate(data[part])
            if label in labels
        ]

    return labels, rows("train"), rows("test")


def _readable(label: str) -> str:
    return label.rstrip("?").replace("_", " ")


def chosen_shots(pool: Sequence[GoldenCase], most: int) -> tuple[GoldenCase, ...]:
    """Short examples, the answers taking turns."""
    key: Callable[[GoldenCase], str] = lambda case: str(  # noqa: E731
        case.expected["kind"] if isinstance(case.expected, Mapping) else case.expected
    )
    length = {case.id: len(str(case.inputs)) for case in pool}
    middle = sorted(length.values())[len(pool) // 2]
    seen: Counter[str] = Counter()
    ranked = []
    for case in pool:
        if length[case.id] <= middle:
            ranked.append((seen[key(case)], len(ranked), case))
            seen[key(case)] += 1
    return tuple(case for *_, case in sorted(ranked, key=lambda item: item[:2])[:most])
