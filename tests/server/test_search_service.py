"""Search over real HTTP on loopback."""

import pytest

from promptops.testing.workspace import label_prompt, make_workspace
from promptops.wiring import open_services


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_workspace(
        tmp_path_factory.mktemp("search") / "ws",
        prompts={
            "support/topic": label_prompt("topic", wording="Sort the message by topic."),
            "finance/fee": label_prompt("fee", wording="Say whether a late fee is due.\nBe brief."),
        },
    ).root


@pytest.fixture(scope="module")
def service(serving, folder):
    with serving(opener=lambda *a, **k: open_services(folder), most_bytes=8000) as running:
        yield running


def found(service, **body):
    status, answer = service.ask("/v1/search", body)
    assert (status, answer["broken"]) == (200, [])
    return [each["prompt"] for each in answer["results"]]


def test_an_answer_names_the_prompt_and_the_passage_with_its_place(service):
    status, answer = service.ask("/v1/search", {"query": "late fee", "limit": 1})
    assert status == 200
    (best,) = answer["results"]
    assert (
        best.items()
        >= {
            "prompt": "fee",
            "version": "1.0.0",
            "title": "Sort a message by topic",
            "passage": "Say whether a late fee is due.",
            "path": "prompt_registry/prompts/finance/fee.prompt.yaml",
            "lexical_rank": 1,
        }.items()
    )
    assert best["line"] > 1
    assert best["score"] > 0


def test_facets_decide_what_may_be_found(service):
    assert set(found(service, query="message")) == {"topic", "fee"}
    assert found(service, query="message", facets={"area": "finance"}) == ["fee"]
    assert found(service, query="message", facets={"tags": ["support"], "area": "hr"}) == []


WRONG = {
    "no query": ({}, 422),
    "a query of spaces": ({"query": "  "}, 422),
    "a query that is too long": ({"query": "x" * 1001}, 422),
    "more answers than anybody reads": ({"query": "x", "limit": 101}, 422),
    "an unknown facet": ({"query": "x", "facets": {"color": "red"}}, 422),
    "an unknown key": ({"query": "x", "top": 3}, 422),
    "a body that is too large": ({"query": "x" * 9000}, 413),
}


@pytest.mark.parametrize(("body", "status"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_refused_in_the_one_shape(service, body, status):
    answered, answer = service.ask("/v1/search", body)
    assert answered == status
    assert answer["error"]["message"]


def test_an_edited_prompt_counts_from_the_next_query(service, folder):
    path = folder / "prompt_registry" / "prompts" / "support" / "mood.prompt.yaml"
    assert "mood" not in found(service, query="weather report")
    text = (path.parent / "topic.prompt.yaml").read_text()
    text = text.replace("id: topic", "id: mood").replace("Sort the", "Tell the weather report for")
    path.write_text(text)
    assert found(service, query="weather report")[0] == "mood"
    path.write_text("id: [")
    status, answer = service.ask("/v1/search", {"query": "weather report"})
    assert (status, answer["broken"][0]["code"]) == (200, "prompt-syntax")
    assert "mood" not in {each["prompt"] for each in answer["results"]}
    path.unlink()


def test_a_token_is_asked_for_as_everywhere(serving, folder):
    with serving(opener=lambda *a, **k: open_services(folder), token="s3cret") as service:
        assert service.ask("/v1/search", {"query": "fee"})[0] == 401
        key = [("Authorization", "Bearer s3cret")]
        assert service.ask("/v1/search", {"query": "fee"}, headers=key)[0] == 200


def test_without_a_workspace_nothing_is_searched(serving):
    with serving() as service:
        assert service.ask("/v1/search", {"query": "fee"})[0] == 404
