import os
import subprocess

import pytest

from promptops.errors import KnowledgeBaseError
from promptops.knowledge.kb import dvc_md5
from promptops.knowledge.versions import read_lock, repro, run_dvc, tracked_md5

LOCK = """\
schema: '2.0'
stages:
  index@shop:
    cmd: promptops kb build shop
    deps:
    - path: datasets/kb/shop
      hash: md5
      md5: 0123456789abcdef0123456789abcdef.dir
      nfiles: 3
    outs:
    - path: derived/index/shop
      md5: fedcba9876543210fedcba9876543210.dir
  bare:
    cmd: 'true'
"""


def test_the_lock_tells_what_each_stage_read_and_wrote(tmp_path):
    assert read_lock(tmp_path) == {}
    (tmp_path / "dvc.lock").write_text(LOCK)
    stages = read_lock(tmp_path)
    assert stages["index@shop"].dependencies == {
        "datasets/kb/shop": "0123456789abcdef0123456789abcdef.dir"
    }
    assert stages["index@shop"].outputs == {
        "derived/index/shop": "fedcba9876543210fedcba9876543210.dir"
    }
    assert stages["bare"].outputs == {}


@pytest.mark.parametrize("text", ["stages: [1]\n", "[", "text"])
def test_a_broken_lock_is_told(tmp_path, text):
    (tmp_path / "dvc.lock").write_text(text)
    with pytest.raises(KnowledgeBaseError) as caught:
        read_lock(tmp_path)
    assert str(tmp_path / "dvc.lock") in caught.value.where


def test_what_dvc_does_not_track_has_no_md5(tmp_path):
    assert tracked_md5(tmp_path / "kb") is None
    (tmp_path / "kb.dvc").write_text("outs: []\n")
    with pytest.raises(KnowledgeBaseError, match=r"no \.dvc file"):
        tracked_md5(tmp_path / "kb")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A real DVC repository with a knowledge base and one stage."""
    root = tmp_path_factory.mktemp("dvc")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    run_dvc(root, ["init", "-q"])
    run_dvc(root, ["config", "core.analytics", "false"])
    kb = root / "kb"
    (kb / "sub" / "b").mkdir(parents=True)
    (kb / "kb.yaml").write_text("name: kb\nlabel: x\n")
    (kb / "a.md").write_text("# A\n")
    (kb / "sub" / "b" / "ü.md").write_text("# Ü\r\nx\r\n")
    (kb / "sub" / "b.md").write_text("# B\n")
    (kb / "sub-1.md").write_text("# sorts before sub/ by bytes\n")
    (root / "dvc.yaml").write_text(
        "stages:\n  copy:\n    cmd: cp kb/a.md out.txt\n    deps: [kb]\n    outs: [out.txt]\n"
    )
    return root


@pytest.mark.slow
def test_our_folder_hash_is_the_one_dvc_makes(repository):
    assert repro(repository) == ("copy",)
    assert read_lock(repository)["copy"].dependencies["kb"] == dvc_md5(repository / "kb")
    assert repro(repository) == ()
    (repository / "kb" / "a.md").write_text("# A, changed\n")
    assert read_lock(repository)["copy"].dependencies["kb"] != dvc_md5(repository / "kb")
    assert repro(repository, ["copy"]) == ("copy",)
    run_dvc(repository, ["add", "-q", "kb"])
    assert tracked_md5(repository / "kb") == dvc_md5(repository / "kb")


@pytest.mark.slow
def test_a_failure_of_dvc_is_one_line(repository):
    with pytest.raises(KnowledgeBaseError, match=r"dvc repro failed: .*nowhere") as caught:
        repro(repository, ["nowhere"])
    assert os.linesep not in str(caught.value)
