"""Evaluations, optimizations and proposals over real HTTP on loopback."""

import re
import socket
import threading
import time
from pathlib import Path

import pytest

from promptops.core.clock import system_clock
from promptops.errors import JobError
from promptops.llm.scripted import ScriptedChat
from promptops.server.jobs import JobStore
from promptops.server.worker import Worker
from promptops.testing.services import ScriptedServices
from promptops.testing.workspace import LABELS, label_prompt, label_rows, make_workspace

WORDY = "Please kindly sort the message by topic. In order to do this, please read it carefully."
CASES = 60
SHORTER = {"prompt": "topic", "goal": "shorter", "calls": 300, "proposers": ["compression"]}
ROOT = Path(__file__).resolve().parents[2]


def right_label(request):
    text = request.messages[-1].content
    return f'{{"label": "{next(label for label in LABELS if label in text)}"}}'


class Place:
    """A workspace with a scripted model that can be made to wait."""

    def __init__(self, folder, script=right_label):
        self.gate = threading.Event()
        self.gate.set()
        self.workspace = make_workspace(
            folder,
            prompts={"support/topic": label_prompt("topic", wording=WORDY)},
            golden={"topic": label_rows(CASES)},
        )

        def answer(request):
            assert self.gate.wait(20)
            return script(request)

        self.script = ScriptedChat(answer)

    def open(self, model=None, *, budget=None, progress=None):
        return ScriptedServices(
            self.workspace, self.script, model=model, budget=budget, progress=progress
        )


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "ws")


def ended(service, path):
    for _ in range(2000):
        _, job = service.ask(path)
        if job["state"] not in ("queued", "running"):
            return job
        time.sleep(0.01)
    raise AssertionError(job)


def begun(service, path):
    for _ in range(2000):
        if service.ask(path)[1]["state"] == "running":
            return
        time.sleep(0.01)
    raise AssertionError(path)


def test_an_evaluation_is_a_job_with_a_result(serving, place):
    with serving(opener=place.open) as service:
        status, headers, _ = service.send("/v1/evaluations", {"prompt": "topic"})
        assert status == 202
        job = ended(service, headers["Location"])
        assert (job["state"], job["error"]) == ("done", None)
        assert job["result"]["scores"]["label_match"]["estimate"] == 1.0
        assert job["result"]["spent"]["calls"] == CASES
        again = ended(service, service.send("/v1/evaluations", {"prompt": "topic"})[1]["Location"])
        assert again["result"]["spent"]["calls"] == 0
        assert [each["id"] for each in service.ask("/v1/evaluations")[1]] == [
            again["id"],
            job["id"],
        ]


def test_an_optimization_leads_to_a_proposal_that_can_be_accepted(serving, place):
    with serving(opener=place.open) as service:
        job = ended(service, service.send("/v1/optimizations", SHORTER)[1]["Location"])
        result = job["result"]
        assert (job["state"], result["verdict"]) == ("done", "improved")
        assert result["judgment"]["saving"]["high"] < 0
        assert "-Please kindly" in result["diff"][0]["diff"]
        (listed,) = service.ask("/v1/proposals")[1]["proposals"]
        assert (listed["id"], listed["stale"]) == (result["proposal"], False)
        shown = service.ask(f"/v1/proposals/{listed['id']}")[1]
        assert shown["evidence"]["keys"]["base"] == result["subject"]
        accepted = service.ask(f"/v1/proposals/{listed['id']}/accept", {})
        assert accepted == (200, {"id": listed["id"], "state": "accepted", "version": "1.0.1"})
        assert service.ask(f"/v1/proposals/{listed['id']}/reject", {"reason": "no"})[0] == 409


WRONG = {
    "no such prompt": ("/v1/evaluations", {"prompt": "tropic"}, 404, "unknown-prompt"),
    "no such model": ("/v1/evaluations", {"prompt": "topic", "model": "x/y"}, 404, "unknown-model"),
    "no such variant": (
        "/v1/optimizations",
        {"prompt": "topic", "variant": "x"},
        404,
        "unknown-prompt",
    ),
    "a weight below zero": (
        "/v1/optimizations",
        {"prompt": "topic", "weights": {"tokens": -1}},
        400,
        "usage",
    ),
    "no such proposer": (
        "/v1/optimizations",
        {"prompt": "topic", "proposers": ["magic"]},
        400,
        "unknown-backend",
    ),
    "no such eval": ("/v1/optimizations", {"prompt": "topic", "eval": "x"}, 400, "golden-set"),
    "no such goal": ("/v1/optimizations", {"prompt": "topic", "goal": "best"}, 422, "request"),
    "a goal and weights": (
        "/v1/optimizations",
        {"prompt": "topic", "goal": "shorter", "weights": {"tokens": 1}},
        422,
        "request",
    ),
    "an unknown key": ("/v1/evaluations", {"prompt": "topic", "cases": 3}, 422, "request"),
    "a body that is too large": ("/v1/evaluations", {"prompt": "x" * 9000}, 413, "too-large"),
    "no such job": ("/v1/evaluations/none/cancel", {}, 404, "unknown-job"),
    "no such proposal": ("/v1/proposals/none/accept", {}, 404, "unknown-proposal"),
    "more calls than anybody makes": (
        "/v1/optimizations",
        {"prompt": "topic", "calls": 10**26},
        422,
        "request",
    ),
    "more tokens than anybody pays": (
        "/v1/optimizations",
        {"prompt": "topic", "tokens": 10**26},
        422,
        "request",
    ),
    "a seed that JSON cannot hold": (
        "/v1/optimizations",
        {"prompt": "topic", "seed": 2**53},
        422,
        "request",
    ),
    "a dry run by another name": (
        "/v1/optimizations",
        {"prompt": "topic", "dry_run": True},
        422,
        "request",
    ),
}


@pytest.mark.parametrize(("path", "body", "status", "code"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_refused_at_once(wrong_service, path, body, status, code):
    found, answer = wrong_service.ask(path, body)
    assert (found, answer["error"]["code"]) == (status, code)


@pytest.fixture(scope="module")
def wrong_service(serving, tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("wrong") / "ws")
    with serving(opener=place.open, most_bytes=8000) as service:
        yield service


def test_a_key_stands_for_one_request(serving, place):
    with serving(opener=place.open) as service:
        key = [("Idempotency-Key", "night-7")]
        first = service.ask("/v1/evaluations", {"prompt": "topic"}, headers=key)[1]["id"]
        assert service.ask("/v1/evaluations", {"prompt": "topic"}, headers=key)[1]["id"] == first
        other = service.ask("/v1/evaluations", {"prompt": "topic", "repeats": 2}, headers=key)
        assert (other[0], other[1]["error"]["code"]) == (409, "job")


def test_jobs_wait_in_a_bounded_queue_and_can_be_canceled(serving, place):
    place.gate.clear()
    with serving(opener=place.open, most_waiting=1) as service:
        path = service.send("/v1/evaluations", {"prompt": "topic"})[1]["Location"]
        begun(service, path)
        waiting = service.send("/v1/evaluations", {"prompt": "topic"})[1]["Location"]
        status, headers, text = service.send("/v1/evaluations", {"prompt": "topic"})
        assert (status, headers["Retry-After"]) == (429, "10")
        assert '"queue-full"' in text
        assert service.ask(f"{waiting}/cancel", {})[1]["state"] == "canceled"
        service.ask(f"{path}/cancel", {})
        place.gate.set()
        assert ended(service, path)["state"] == "canceled"
        assert len(place.script.requests) < CASES
        assert service.ask(f"{path}/again", {})[0] == 202
        assert ended(service, path)["state"] == "done"
        assert service.ask(f"{path}/again", {})[0] == 409
    assert len(place.script.requests) == CASES


def test_a_restart_interrupts_a_job_and_nothing_is_paid_twice(serving, place):
    place.gate.clear()
    with serving(opener=place.open) as service:
        path = service.send("/v1/optimizations", SHORTER)[1]["Location"]
        begun(service, path)
        threading.Timer(0.3, place.gate.set).start()
    with serving(opener=place.open) as service:
        assert service.ask(path)[1]["state"] == "interrupted"
        service.ask(f"{path}/again", {})
        job = ended(service, path)
    assert (job["state"], job["result"]["verdict"]) == ("done", "improved")
    asked = [(request.messages, request.repeat) for request in place.script.requests]
    assert len(asked) == len(set(asked))


def test_a_failure_of_one_job_stops_no_other(serving, tmp_path):
    def broken(request):
        raise ZeroDivisionError("a bug in a model's adapter")

    place = Place(tmp_path / "ws", broken)
    with serving(opener=place.open) as service:
        job = ended(service, service.send("/v1/evaluations", {"prompt": "topic"})[1]["Location"])
        assert (job["state"], job["error"]["code"]) == ("failed", "internal")
        path = place.workspace.golden / "topic.jsonl"
        path.write_text("{\n")
        job = ended(service, service.send("/v1/evaluations", {"prompt": "topic"})[1]["Location"])
        assert (job["state"], job["error"]["code"]) == ("failed", "golden-set")


def test_what_a_killed_process_left_is_taken_over(tmp_path):
    path = tmp_path / "jobs.db"
    dead = f"{socket.gethostname()}/999999999/1"
    store = JobStore(path, system_clock, most_waiting=9, owner=dead)
    killed, waiting = (store.add("evaluation", {"prompt": str(n)}) for n in range(2))
    assert store.take() == store.get("evaluation", killed.id)
    store.close()
    store = JobStore(path, system_clock, most_waiting=9)
    assert store.take() is None
    store.adopt()
    assert store.get("evaluation", killed.id).state == "interrupted"
    assert store.take().id == waiting.id
    with pytest.raises(JobError):
        store.again("evaluation", waiting.id)
    store.close()


def test_a_job_that_needed_no_further_call_when_it_was_canceled_is_done(tmp_path):
    begun, going = threading.Event(), threading.Event()

    def work(job, budget, progress):
        budget.reserve()
        begun.set()
        assert going.wait(20)
        if job.request["more"]:
            budget.reserve()
        return 1

    worker = Worker(JobStore(tmp_path / "jobs.db", system_clock, most_waiting=9), work)
    worker.start()
    for more, state in ((False, "done"), (True, "canceled")):
        begun.clear()
        going.clear()
        job = worker.submit("evaluation", {"more": more}, None)
        assert begun.wait(20)
        worker.cancel("evaluation", job.id)
        going.set()
        while worker.get("evaluation", job.id).state == "running":
            time.sleep(0.01)
        assert worker.get("evaluation", job.id).state == state
    worker.close()


FAULTY = {
    "NaN": (b'{"prompt": "topic", "usd": NaN}', "finite number", "usd"),
    "a weight without end": (
        b'{"prompt": "topic", "weights": {"tokens": Infinity}}',
        "finite number",
        "weights.tokens",
    ),
    "a key twice": (b'{"prompt": "topic", "prompt": "x"}', '"prompt" appears twice', ""),
    "no JSON": (b"{prompt", "not JSON", "line 1 column 2"),
    "no UTF-8": (b'"\xff"', "not UTF-8", "byte 1"),
    "too deep": (b"[" * 5000, "levels deep", ""),
}


@pytest.mark.parametrize(("data", "message", "where"), FAULTY.values(), ids=FAULTY)
def test_a_faulty_body_is_told_what_and_where(wrong_service, data, message, where):
    status, answer = wrong_service.ask("/v1/optimizations", data=data)
    assert (status, answer["error"]["where"]) == (422, where)
    assert message in answer["error"]["message"]


def test_a_body_says_that_it_is_json(wrong_service):
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    status, answer = wrong_service.ask("/v1/evaluations", {"prompt": "topic"}, headers=form)
    assert (status, answer["error"]["where"]) == (422, "header.Content-Type")


def test_another_method_another_name_and_a_bug_are_told_in_the_one_shape(serving, place):
    ways = [place.open]
    with serving(opener=lambda *a, **k: ways[-1](*a, **k), hosts=["127.0.0.1"]) as service:
        status, headers, text = service.send("/v1/evaluations", method="DELETE")
        assert (status, bool(headers["Allow"]), '"route"' in text) == (405, True, True)
        assert service.ask("/health")[0] == 200
        for name in ("evil.example", "127.0.0.1.evil.example:80", "[::1"):
            found, answer = service.ask("/health", headers=[("Host", name)])
            assert (found, answer["error"]["code"]) == (400, "host")
        ways.append(lambda *a, **k: 1 / 0)
        found, answer = service.ask("/v1/proposals")
        assert (found, answer["error"]["code"]) == (500, "internal")


def test_a_page_of_another_site_cannot_act(serving, place):
    with serving(opener=place.open) as service:
        for origin, status in (
            ("http://evil.example", 403),
            (f"http://127.0.0.1:{service.port}", 404),
        ):
            found = service.ask("/v1/evaluations/x/cancel", data=b"", headers=[("Origin", origin)])
            assert found[0] == status


def test_the_interface_documents_itself(serving, place):
    with serving(opener=place.open) as service:
        paths = service.ask("/openapi.json")[1]["paths"]
        page = service.send("/docs")[2]
    reference = (ROOT / "docs" / "reference" / "http.md").read_text()
    for path, methods in paths.items():
        for method in methods:
            assert re.search(rf"`{method.upper()} {re.escape(path)}`", reference), path
        assert f"<code>{path}</code>" in page
    assert "src=" not in page
