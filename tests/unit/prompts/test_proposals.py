"""Proposals are settled once, atomically, and can be repeated after a crash."""

from datetime import UTC, datetime

import pytest

from promptops.errors import ProposalError, StorageFullError
from promptops.prompts import proposals as module
from promptops.prompts.digests import semantic_digest
from promptops.prompts.loader import load_prompt
from promptops.prompts.proposals import Proposal, ProposalStore
from promptops.prompts.registry import Registry


@pytest.fixture
def registry(tmp_path, example):
    path = tmp_path / "prompts" / "support" / "refund-answer.prompt.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("# reviewed by Ada\n" + example, encoding="utf-8")
    return Registry(tmp_path / "prompts")


@pytest.fixture
def store(tmp_path):
    return ProposalStore(tmp_path / "proposals")


def propose(registry, wording="Reply briefly."):
    file = registry.get("refund-answer")
    first = file.prompt.messages[0].model_copy(update={"content": wording})
    return Proposal.of(
        file,
        file.prompt.replace(messages=(first, *file.prompt.messages[1:])),
        kind="optimize",
        title="Shorter system message",
        summary="Fewer tokens.\nNot worse on 40 cases.",
        evidence={"score": {"before": 0.5, "after": 0.75}, "cases": []},
        clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_a_proposal_reads_back_and_is_written_once(registry, store):
    proposal = propose(registry)
    path = store.write(proposal)
    before = path.read_bytes()
    assert store.write(propose(registry)) == path
    assert path.read_bytes() == before
    assert store.list() == (proposal,)
    assert store.get(proposal.id) == proposal
    assert proposal.new_prompt.version == "2.1.1"
    assert propose(registry, "Other.").id != proposal.id


def test_accepting_replaces_the_file_and_keeps_the_old_one(registry, store):
    proposal = propose(registry)
    store.write(proposal)
    path = store.accept(proposal.id, registry)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# reviewed by Ada\n")
    assert load_prompt(path).prompt == proposal.new_prompt
    assert registry.get("refund-answer@2.1.0").prompt.version == "2.1.0"
    assert registry.versions(registry.get("refund-answer")) == ("2.1.0",)
    assert store.list() == ()
    assert store.is_settled(proposal.id)
    assert store.accept(proposal.id, registry) == path
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(ProposalError, match="was accepted"):
        store.reject(proposal.id, "too late")


def test_no_text_of_the_history_is_ever_overwritten(registry, store):
    path = registry.get("refund-answer").path
    first = path.read_text(encoding="utf-8")
    kept = [first, first.replace("Tone:", "Manner:"), first.replace("Tone:", "Style:")]
    for number, text in enumerate([*kept, kept[1]]):
        path.write_text(text, encoding="utf-8")
        proposal = propose(registry, f"Wording {number}.")
        store.write(proposal)
        store.accept(proposal.id, registry)
    folder = path.parent / ".history"
    assert sorted(each.read_text("utf-8") for each in folder.iterdir()) == sorted(kept)
    assert (folder / "refund-answer@2.1.0.yaml").read_text("utf-8") == first
    assert registry.versions(registry.get("refund-answer")) == ("2.1.0",)


def test_what_the_proposal_does_not_speak_of_stays(registry, store):
    proposal = propose(registry)
    store.write(proposal)
    path = registry.get("refund-answer").path
    edited = path.read_text(encoding="utf-8").replace("tags: [support, refund]", "tags: [new]")
    path.write_text(edited, encoding="utf-8")
    store.accept(proposal.id, registry)
    prompt = load_prompt(path).prompt
    assert prompt.tags == ("new",)
    assert semantic_digest(prompt) == semantic_digest(proposal.new_prompt)


def test_a_proposal_for_another_version_is_refused(registry, store):
    first, second = propose(registry), propose(registry, "Other wording.")
    store.write(first)
    store.write(second)
    store.accept(first.id, registry)
    text = registry.get("refund-answer").text
    assert store.is_stale(second, registry)
    with pytest.raises(ProposalError, match=r"has changed since 2\.1\.0"):
        store.accept(second.id, registry)
    assert registry.get("refund-answer").text == text
    assert [proposal.id for proposal in store.list()] == [second.id]


def test_a_rejected_proposal_is_not_made_again(registry, store):
    proposal = propose(registry)
    store.write(proposal)
    path = store.reject(proposal.id, "keep the tone")
    assert store.reject(proposal.id, "again") == path
    assert store.get(proposal.id).reason == "keep the tone"
    assert store.write(proposal) == path
    assert store.list() == ()
    assert store.is_settled(proposal.id)
    with pytest.raises(ProposalError, match="was rejected: keep the tone"):
        store.accept(proposal.id, registry)


@pytest.mark.parametrize("failing", [1, 2, 3], ids=["history", "prompt", "proposal"])
def test_accepting_can_be_repeated_after_every_step(registry, store, monkeypatch, failing):
    proposal = propose(registry)
    store.write(proposal)
    calls = iter(range(1, 10))
    real = module.write_atomic

    def full_disk(path, data):
        if next(calls) == failing:
            raise StorageFullError("no space is left")
        real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomic", full_disk)
        patch.setattr("promptops.prompts.writing.write_atomic", full_disk)
        with pytest.raises(StorageFullError):
            store.accept(proposal.id, registry)
    registry.get("refund-answer")
    path = store.accept(proposal.id, registry)
    assert load_prompt(path).prompt == proposal.new_prompt
    assert store.list() == ()
    assert registry.versions(registry.get("refund-answer")) == ("2.1.0",)


def test_unknown_and_foreign_ids_are_refused(registry, store):
    proposal = propose(registry)
    store.write(proposal)
    with pytest.raises(ProposalError, match="did you mean"):
        store.get(proposal.id[:-1])
    with pytest.raises(ProposalError, match="no proposal"):
        store.get(f"../{store.folder.name}/{proposal.id}")


EDITS = {
    "the wording": ("Reply briefly.", "Reply at length."),
    "the base": ('"sha256:', '"sha256:0'),
    "the kind": ("change: optimize", "change: rewrite"),
    "the prompt": ("prompt: refund-answer", "prompt: refund-other"),
    "the id": ("id: refund-answer-optimize-", "id: refund-answer-optimize-0"),
    "the YAML": ("kind: Proposal", "kind: ["),
    "a number of the evidence": ("0.75", "0.95"),
    "the summary": ("Not worse on 40 cases.", "Better on 40 cases."),
    "the title": ("title: Shorter", "title: Better"),
    "the digest of the evidence": ('evidence_digest: "sha256:', 'evidence_digest: "sha256:0'),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_was_edited_after_it_was_measured_can_only_be_put_aside(registry, store, edit):
    proposal, other = propose(registry), propose(registry, "Other wording.")
    path = store.write(proposal)
    store.write(other)
    edited = path.read_text(encoding="utf-8").replace(*edit, 1)
    assert edited != path.read_text(encoding="utf-8")
    path.write_text(edited, encoding="utf-8")
    before = registry.get("refund-answer").text
    with pytest.raises(ProposalError, match=rf"{path.name}.*proposals reject {proposal.id}"):
        store.accept(proposal.id, registry)
    assert registry.get("refund-answer").text == before
    found, broken = store.load_all()
    assert (found, len(broken)) == ((other,), 1)
    aside = store.reject(proposal.id, "edited\nby hand")
    assert aside.read_text(encoding="utf-8").startswith("# rejected: edited by hand; ")
    assert aside.read_text(encoding="utf-8").endswith(edited)
    assert store.is_settled(proposal.id)
    assert store.list() == (other,)


def test_a_settled_proposal_still_knows_what_it_changed(registry, store):
    proposal = propose(registry)
    base = registry.get("refund-answer").prompt
    store.write(proposal)
    assert store.base(proposal, registry) == base
    assert store.stale([proposal], registry) == set()
    path = store.accept(proposal.id, registry)
    assert store.base(store.get(proposal.id), registry) == base
    path.write_text("id: [", encoding="utf-8")
    assert store.stale([proposal], registry) == {proposal.id}
