"""Settings: precedence, provenance, and errors that name the place."""

import pytest

from promptops.config import Workspace, find_workspace, load_settings
from promptops.errors import SettingsError, WorkspaceNotFoundError


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "promptops.toml").write_text('[llm]\nmodel = "file/model"\nretries = 5\n')
    return Workspace(root=tmp_path)


def test_flags_beat_environment_beats_file_beats_defaults(workspace):
    environment = {"PROMPTOPS_LLM_MODEL": "env/model", "PROMPTOPS_NIGHTLY_CALLS": "12"}
    loaded = load_settings(
        workspace, {"nightly.calls": 3, "nightly.usd": None}, environment=environment
    )
    by_name = {setting.name: setting for setting in loaded}
    assert (by_name["llm.model"].value, by_name["llm.model"].source) == (
        "env/model",
        "PROMPTOPS_LLM_MODEL",
    )
    assert (by_name["llm.retries"].value, by_name["llm.retries"].source) == (5, "promptops.toml")
    assert (by_name["nightly.calls"].value, by_name["nightly.calls"].source) == (3, "flag")
    assert by_name["nightly.usd"].source == "default"
    assert all(setting.description for setting in loaded)


WRONG = {
    "a misspelt key": (
        "[llm]\nmodle = 'x'\n",
        {},
        r'unknown setting "llm.modle".*did you mean "llm.model"',
    ),
    "a misspelt group": ("[lml]\nmodel = 'x'\n", {}, r'unknown setting "lml".*did you mean "llm"'),
    "a value of the wrong kind": (
        "[llm]\nretries = 'many'\n",
        {},
        r"/promptops\.toml: llm\.retries: .*integer.*'many'",
    ),
    "a value out of range": ("[nightly]\nminutes = 0\n", {}, r"nightly\.minutes.*greater than 0"),
    "broken TOML": ("[llm\n", {}, r"promptops\.toml.*not TOML"),
    "an endless number": (f"[general]\nseed = {'9' * 5000}\n", {}, r"a number is too long"),
    "endless nesting": (f"x = {'[' * 20000}", {}, r"nested too deep|not TOML"),
    "a misspelt variable": (
        "",
        {"PROMPTOPS_LLM_MODLE": "x"},
        r'did you mean "PROMPTOPS_LLM_MODEL"',
    ),
}


@pytest.mark.parametrize(("text", "environment", "message"), WRONG.values(), ids=WRONG)
def test_wrong_settings_name_their_place(tmp_path, text, environment, message):
    (tmp_path / "promptops.toml").write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_settings(Workspace(root=tmp_path), environment=environment)


def test_a_workspace_is_found_upward_by_name_or_by_environment(workspace, tmp_path_factory):
    below = workspace.root / "a" / "b"
    below.mkdir(parents=True)
    assert find_workspace(start=below, environment={}) == workspace
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert (
        find_workspace(start=elsewhere, environment={"PROMPTOPS_WORKSPACE": str(workspace.root)})
        == workspace
    )
    for folder in (None, elsewhere):
        with pytest.raises(WorkspaceNotFoundError, match=r"promptops init"):
            find_workspace(folder, start=elsewhere, environment={})
