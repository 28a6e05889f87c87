"""Packs: what is selected, what is missing, and that no byte can change unseen."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptops.errors import PackError, PromptSyntaxError
from promptops.packs.build import build_pack
from promptops.packs.definition import PackDefinition
from promptops.packs.loading import load_definitions, parse_definition, select
from promptops.packs.verify import verify_pack
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import load_prompt
from promptops.tracking.evidence import Evidence, EvidenceStore

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PROMPT = """\
apiVersion: promptops/v1
kind: Prompt
id: {id}
version: "1.2.0"
title: Sort a message
intent: classify
variables:
  text: {{type: string, trust: untrusted}}
messages:
  - {{role: user, content: "Sort {id}: {{{{ text }}}}"}}
evals:
  - {{id: gold, dataset: datasets/golden/{id}.jsonl, metrics: {{label_match: {{min: 0.5}}}}}}
"""
DEFINITION = """\
apiVersion: promptops/v1
kind: Pack
id: support-core
version: "1.0.0"
title: Support core
prompts: ["support/*"]
"""


@pytest.fixture
def files(tmp_path):
    places = ["support/refund", "support/parcel", "legal/clause"]
    found = []
    for place in places:
        path = tmp_path / "prompts" / f"{place}.prompt.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PROMPT.format(id=path.name.split(".")[0]))
        found.append(load_prompt(path))
    return found


@pytest.fixture
def evidence(tmp_path):
    return EvidenceStore(tmp_path / "evidence.db")


def definition(**changes) -> PackDefinition:
    return parse_definition(DEFINITION, "pack.yaml").model_copy(update=changes)


def scored(file, scores, *, golden="sha256:gold", model="m", at=NOW) -> Evidence:
    cases = [
        {"case_id": str(number), "answer": "secret", "scores": {"label_match": score}}
        for number, score in enumerate(scores)
    ]
    return Evidence(
        subject=variant_digest(file.prompt, None),
        kind="score",
        inputs={"golden": golden, "model": model},
        value={"cases": cases},
        measured_at=at,
        code_version="1",
    )


SELECTIONS = {
    "a glob over area and id": (("support/*",), (), ["parcel", "refund"]),
    "a bare id": (("clause",), (), ["clause"]),
    "an exact version": (("refund@1.2.0",), (), ["refund"]),
    "what is excluded is not there": (("*",), ("legal/*",), ["parcel", "refund"]),
}


@pytest.mark.parametrize(("chosen", "left_out", "ids"), SELECTIONS.values(), ids=SELECTIONS)
def test_selection(files, chosen, left_out, ids):
    pack = definition(prompts=chosen, exclude=left_out)
    assert [file.prompt.id for file in select(pack, files)] == ids


@pytest.mark.parametrize(
    ("chosen", "left_out", "lost"),
    [
        (("*/*",), (), ["clause-2", "x"]),
        (("support/*",), (), ["x"]),
        (("refund", "x@2.0.0"), (), ["x"]),
        (("support/*",), ("x",), []),
    ],
)
def test_a_file_that_cannot_be_read_is_missed_where_it_is_selected(
    files, evidence, tmp_path, chosen, left_out, lost
):
    broken = [
        PromptSyntaxError(
            "not YAML", where=str(tmp_path / f"{place}.prompt.yaml"), line=2, column=1
        )
        for place in ("legal/clause-2", "support/x")
    ]
    chosen = definition(prompts=chosen, exclude=left_out)
    pack = build_pack(chosen, files, evidence, tmp_path, broken=broken)
    unread = [item.prompt_id for item in pack.unmet if item.need == "its file cannot be read"]
    assert unread == lost
    assert [Path(each.where).name.split(".")[0] for each in pack.broken] == lost


REFUSED = {
    "nothing has this id": (("refnd",), 'did you mean "refund"'),
    "another version is there": (("refund@2.0.0",), "refund is at version 1.2.0, not 2.0.0"),
    "nothing is left": (("legal/*",), "excluded again"),
}


@pytest.mark.parametrize(("chosen", "message"), REFUSED.values(), ids=REFUSED)
def test_a_selector_that_selects_nothing_is_an_error(files, chosen, message):
    with pytest.raises(PackError, match=message):
        select(definition(prompts=chosen, exclude=("clause",)), files)


def test_a_broken_definition_says_where():
    with pytest.raises(PackError, match=r'x\.yaml:6:1: unknown key "titel"'):
        parse_definition(DEFINITION.replace("title", "title: A\ntitel"), "x.yaml")


def test_two_packs_of_one_id_are_refused(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(DEFINITION)
    with pytest.raises(PackError, match="second pack is called support-core"):
        load_definitions(tmp_path)


def test_the_same_content_gives_the_same_bytes(files, evidence, tmp_path):
    for file in files:
        evidence.add(scored(file, [1, 0, 1]))
    first = build_pack(definition(), files, evidence, tmp_path / "a")
    again = build_pack(definition(), files, evidence, tmp_path / "a")
    other = build_pack(definition(), files[::-1], evidence, tmp_path / "b")
    assert first.digest == again.digest == other.digest
    assert first.archive.read_bytes() == other.archive.read_bytes()
    left = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert left == ["support-core-1.0.0", "support-core-1.0.0.tar"]


def test_answers_to_single_cases_stay_at_home(files, evidence, tmp_path):
    evidence.add(scored(files[0], [1, 1, 0, 0]))
    pack = build_pack(definition(), files, evidence, tmp_path)
    text = (pack.path / "evidence" / "refund.json").read_text()
    assert '"label_match":{"cases":4,"mean":0.5}' in text
    assert b"secret" not in pack.archive.read_bytes()


def test_a_pack_is_a_candidate_only_with_its_evidence(files, evidence, tmp_path):
    bare = build_pack(definition(), files, evidence, tmp_path)
    assert bare.status == "incomplete"
    assert ("refund", "no score evidence for the prompt as it is now") in [
        (item.prompt_id, item.need) for item in bare.unmet
    ]
    evidence.add(scored(files[0], [1, 0]))
    evidence.add(scored(files[1], [0, 0, 1]))
    weak = build_pack(definition(), files, evidence, tmp_path)
    assert [item.need for item in weak.unmet] == ["label_match >= 0.5 is not met: best is 0.333"]
    evidence.add(scored(files[1], [1, 1], model="other", at=NOW + timedelta(days=1)))
    assert build_pack(definition(), files, evidence, tmp_path).status == "candidate"


def test_scores_on_another_golden_set_do_not_count(files, evidence, tmp_path):
    for file in files:
        evidence.add(scored(file, [1, 1], golden="sha256:part"))
    present = {f"datasets/golden/{file.prompt.id}.jsonl": "sha256:gold" for file in files}
    pack = build_pack(definition(), files, evidence, tmp_path, golden_digests=present)
    assert pack.status == "incomplete"


def test_lint_errors_are_asked_about_only_where_the_definition_does(files, evidence, tmp_path):
    for file in files:
        evidence.add(scored(file, [1]))
    strict = definition()
    strict = strict.model_copy(
        update={"evidence": strict.evidence.model_copy(update={"lint_errors_max": 0})}
    )
    found = build_pack(strict, files, evidence, tmp_path, lint_errors={"refund": 2})
    assert {(item.prompt_id, item.need) for item in found.unmet} == {
        ("refund", "2 lint errors, at most 0 allowed"),
        ("parcel", "not linted"),
    }


@pytest.fixture
def pack(files, evidence, tmp_path):
    for file in files:
        evidence.add(scored(file, [1]))
    return build_pack(definition(), files, evidence, tmp_path / "out")


def test_an_untouched_pack_verifies_as_folder_and_as_archive(pack):
    for place in (pack.path, pack.archive):
        assert verify_pack(place, expected_digest=pack.digest).ok


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_changed_byte_is_found(pack, data):
    """A flipped byte anywhere, in any file of the folder or in the archive."""
    places = sorted(path for path in pack.path.rglob("*") if path.is_file())
    place = data.draw(st.sampled_from([*places, pack.archive]))
    original = place.read_bytes()
    offset = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[offset] ^= data.draw(st.integers(1, 255))
    try:
        place.write_bytes(bytes(changed))
        assert not verify_pack(pack.archive if place == pack.archive else pack.path).ok
    finally:
        place.write_bytes(original)


def _remove(folder: Path) -> None:
    (folder / "README.md").unlink()


def _add(folder: Path) -> None:
    (folder / "prompts" / "more.yaml").write_text("x")


def _link(folder: Path) -> None:
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to("pack.yaml")


def _empty_manifest(folder: Path) -> None:
    (folder / "MANIFEST.json").write_bytes(b"{}")


TAMPERING = {
    "README.md is missing": _remove,
    "prompts/more.yaml is not in the manifest": _add,
    "README.md is a link": _link,
    "this is not a manifest of format": _empty_manifest,
}


@pytest.mark.parametrize(("message", "tamper"), TAMPERING.items(), ids=TAMPERING)
def test_tampering_is_named(pack, message, tamper):
    tamper(pack.path)
    assert any(message in problem for problem in verify_pack(pack.path).problems)


def test_another_pack_in_its_place_is_found(pack, files, evidence, tmp_path):
    other = build_pack(definition(title="Other"), files, evidence, tmp_path / "other")
    shutil.rmtree(pack.path)
    shutil.copytree(other.path, pack.path)
    assert verify_pack(pack.path).ok
    assert not verify_pack(pack.path, expected_digest=pack.digest).ok


def test_no_pack_is_an_error(tmp_path):
    with pytest.raises(PackError, match="no pack is here"):
        verify_pack(tmp_path / "absent")
