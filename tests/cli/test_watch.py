"""Progress of long work on stderr."""

import pytest

from promptops.cli import watch as module
from promptops.cli.watch import Watch


def test_work_that_says_what_it_does_is_one_piece_of_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    watch = Watch(quiet=False)
    for second, what, done, total in (
        (0, "optimize topic: base on 9 cases", 0, 0),
        (3, "optimize topic: wording 1 of 8 on 4 cases", 0, 0),
        (6, "optimize topic: wording 4 of 8 on 4 cases", 0, 0),
        (7, "evaluate mood", 3, 12),
        (9, "optimize topic: final test", 0, 0),
        (13, "evaluate mood", 9, 12),
    ):
        now = float(second)
        watch.tell(what, done, total)
    assert capsys.readouterr().err.splitlines() == [
        "optimize topic: wording 4 of 8 on 4 cases",
        "evaluate mood: 9 of 12",
    ]
