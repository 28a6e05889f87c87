"""Prompts wherever they are: our files, other tools' files, tables, Markdown, Python strings.

    for item in read_prompts(Path("answer.prompty"), shown="answer.prompty"):
        ...  # a ParsedPrompt to lint, or a Skipped with what could not be read

Every message knows the line and column of each of its characters in the file it was read from.
Nothing here raises for what a file holds: it is a `Skipped`.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from operator import itemgetter
from pathlib import Path

from promptops.core.globs import matches
from promptops.core.suggest import did_you_mean
from promptops.errors import PromptSyntaxError, UsageError
from promptops.lint.sources import (
    chat_json,
    foreign_files,
    markdown,
    prompt_file,
    promptfoo,
    python_strings,
    tables,
)
from promptops.lint.sources.model import Format, Read, Source

__all__ = ["FORMATS", "Format", "Read", "detect", "find_files", "parse_source", "parse_stdin"]
__all__ += ["read_prompts"]

MAX_BYTES = 16 * 1024 * 1024
"""Size of a file that is read whole; tables are streamed and may be larger."""

_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_HIDDEN_WITH_PROMPTS = frozenset(
    {".github", ".cursor", ".claude", ".agents", ".codex", ".gemini", ".windsurf"}
)

FORMATS: dict[str, Format] = {
    item.name: item
    for item in (
        Format(
            name="promptops",
            patterns=("*.prompt.yaml",),
            description="Prompt files of PromptOps.",
            read=prompt_file.read_prompt_file,
        ),
        Format(
            name="github",
            patterns=("*.prompt.yml",),
            description="Prompt files of GitHub Models.",
            read=prompt_file.read_github,
        ),
        Format(
            name="prompty",
            patterns=("*.prompty",),
            description="Prompty, version 1 and 2.",
            read=foreign_files.read_prompty,
        ),
        Format(
            name="agent",
            patterns=(
                "skill.md",
                "agents.md",
                "claude.md",
                "gemini.md",
                "copilot-instructions.md",
                "*.instructions.md",
                "*.chatmode.md",
                "*.agent.md",
                "*.prompt.md",
                ".cursorrules",
                ".windsurfrules",
                ".clinerules",
                "*.mdc",
            ),
            description="Instructions of coding agents, skills and editor rules.",
            read=markdown.read_agent_file,
        ),
        Format(
            name="promptfoo",
            patterns=("promptfooconfig*.yaml", "promptfooconfig*.yml", "promptfooconfig*.json"),
            description="Configurations of promptfoo, with the files that they name.",
            read=promptfoo.read_promptfoo,
            follows=True,
        ),
        Format(
            name="dotprompt",
            patterns=("*.prompt",),
            description="Dotprompt (Handlebars).",
            read=foreign_files.read_dotprompt,
        ),
        Format(
            name="poml",
            patterns=("*.poml",),
            description="POML.",
            read=foreign_files.read_poml_file,
        ),
        Format(
            name="python",
            patterns=("*.py", "*.pyi"),
            description="Python strings marked by the comment `# promptops: prompt`.",
            read=python_strings.read_python,
        ),
        Format(
            name="jinja",
            patterns=("*.j2", "*.jinja", "*.jinja2"),
            description="Jinja templates.",
            read=markdown.read_template,
            in_folders=False,
        ),
        Format(
            name="csv",
            patterns=("*.csv",),
            description="Tables with commas.",
            read=tables.read_csv,
            in_folders=False,
            streamed=True,
        ),
        Format(
            name="tsv",
            patterns=("*.tsv",),
            description="Tables with tabs.",
            read=tables.read_tsv,
            in_folders=False,
            streamed=True,
        ),
        Format(
            name="jsonl",
            patterns=("*.jsonl", "*.ndjson"),
            description="JSON Lines; a cell is a text or a chat.",
            read=tables.read_jsonl,
            in_folders=False,
            streamed=True,
        ),
        Format(
            name="parquet",
            patterns=("*.parquet",),
            description="Parquet; a cell is a text or a chat.",
            read=tables.read_parquet,
            in_folders=False,
            streamed=True,
        ),
        Format(
            name="chat",
            patterns=("*.json",),
            description="A chat in JSON: a list of messages with role and content.",
            read=chat_json.read_chat_file,
            in_folders=False,
        ),
        Format(
            name="text",
            patterns=("*.md", "*.markdown", "*.txt"),
            description="Markdown and plain text: the file is the prompt.",
            read=markdown.read_plain_text,
            in_folders=False,
        ),
    )
}


_BAD_BYTE = re.compile("[\udc80-\udcff]")
"""How Python carries a byte that is no UTF-8 through a text that came from a pipe."""

_BY_NAME = re.compile(
    "|".join(f"({translate(pattern)})" for item in FORMATS.values() for pattern in item.patterns)
)
_ORDER = [item.name for item in FORMATS.values() for _ in item.patterns]


def detect(path: Path | str) -> str | None:
    """The name of the format that a file's name says, alone or at the end of a path; or None."""
    match = _BY_NAME.match((path if isinstance(path, str) else path.name).lower())
    return _ORDER[(match.lastindex or 1) - 1] if match else None


def read_prompts(
    path: Path, *, shown: str, column: str | None = None, format_: str | None = None
) -> Iterator[Read]:
    """The prompts of one file, and what of it could not be read.

    Args:
        path: The file.
        shown: The path that findings carry.
        column: The column with the prompt, for tables; None takes the only one, or the only one
            with a usual name.
        format_: A name of `FORMATS`; None goes by the file's name, and takes what it does not know
            for plain text.

    Raises:
        UsageError: ``format_`` is no name of `FORMATS`.
    """
    kind = _format(format_ or detect(path) or "text")
    source = Source(text=None, shown=shown, path=path, column=column)
    return _guarded(source, lambda: _read_file(source, path, kind))


def parse_source(
    text: str,
    *,
    shown: str,
    format_: str,
    path: Path | None = None,
    column: str | None = None,
) -> Iterator[Read]:
    """The prompts of a text that is in hand, such as an editor's unsaved file.

    Args:
        text: The whole text.
        shown: The path that findings carry.
        format_: A name of `FORMATS`.
        path: Where the text belongs; needed only to follow references to other files.
        column: As `read_prompts`.

    Raises:
        UsageError: ``format_`` is no name of `FORMATS`.
    """
    kind = _format(format_)
    source = Source(text=text.removeprefix("\ufeff"), shown=shown, path=path, column=column)
    return _guarded(source, lambda: _checked(source, kind))


def parse_stdin(
    text: str, *, filename: str | None = None, column: str | None = None
) -> Iterator[Read]:
    """The prompts of a text that came through a pipe.

    Args:
        text: The whole text.
        filename: What the text is called: it decides the format; plain text when None.
        column: As `read_prompts`.
    """
    path = Path(filename) if filename else None
    return parse_source(
        text,
        shown=filename or "<stdin>",
        format_=(detect(path) if path is not None else None) or "text",
        path=path,
        column=column,
    )


def find_files(folder: Path, *, include: Sequence[str] = ()) -> list[Path]:
    """The files below a folder that are prompts, sorted.

    Python files count when a string in them is marked. Tables, chats, Jinja and plain texts are
    prompts only when ``include`` says so. Hidden folders are passed over, except those where
    coding agents keep their instructions; so are installed packages.

    Args:
        folder: Where to look.
        include: Globs of further files, relative to ``folder``, such as ``prompts/*.md``.

    Raises:
        UsageError: A folder cannot be listed.
    """

    def unlisted(problem: OSError) -> None:
        reason = problem.strerror or str(problem)
        raise UsageError(reason, where=str(problem.filename)) from problem

    found = []
    for place, folders, names in os.walk(folder, onerror=unlisted):
        here = Path(place)
        folders[:] = [name for name in folders if _is_searched(name, here)]
        parts = here.relative_to(folder).parts
        prefix = "".join(f"{part}/" for part in parts)
        # Texts are compared: to make and compare paths costs more than all the rest.
        found += [
            ((*parts, name), here)
            for name in names
            if _is_prompt(here, name, prefix + name, include)
        ]
    return [here / parts[-1] for parts, here in sorted(found, key=itemgetter(0))]


def _is_searched(name: str, place: Path) -> bool:
    if name.startswith("."):
        return name in _HIDDEN_WITH_PROMPTS
    return name not in _SKIPPED_FOLDERS and not (place / name / "pyvenv.cfg").exists()


def _is_prompt(folder: Path, name: str, relative: str, include: Iterable[str]) -> bool:
    if any(matches(relative, glob) for glob in include):
        return True
    kind = detect(name)
    if kind is None or not FORMATS[kind].in_folders:
        return False
    if kind != "python":
        return True
    try:
        return python_strings.MARKER.encode() in (folder / name).read_bytes()
    except OSError:
        return True  # reading it again will say why it cannot be read


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(
            f'no format is called "{name}"',
            hint=did_you_mean(name, FORMATS) or f"formats: {', '.join(FORMATS)}",
        )
    return FORMATS[name]


def _guarded(source: Source, read: Callable[[], Iterator[Read]]) -> Iterator[Read]:
    """What a reader yields; what it raises becomes the reason of a skip."""
    try:
        yield from read()
    except PromptSyntaxError as problem:
        hint = f" ({problem.hint})" if problem.hint else ""
        yield source.skipped(
            problem.message + hint, line=problem.line or None, column=problem.column or None
        )
    except OSError as problem:
        reason = problem.strerror or str(problem)
        if source.path is not None and not os.path.lexists(source.path):
            reason = f"{reason}: {_instead_of(source.path)}"
        yield source.skipped(reason)
    except Exception as problem:  # noqa: BLE001 - fails closed: told, never passed
        yield source.skipped(f"could not be read: {problem!r}")


def _instead_of(path: Path) -> str:
    """What to do where no file is."""
    try:
        near = did_you_mean(path.name, (each.name for each in path.parent.iterdir()))
    except FileNotFoundError:
        return f"there is no folder {path.parent} either"
    except OSError:
        near = ""
    return near or "check the path, or name a whole folder"


def _read_file(source: Source, path: Path, kind: Format) -> Iterator[Read]:
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        yield source.skipped("this is a folder: name the files in it")
    elif not stat.S_ISREG(found.st_mode):
        # Opening a pipe waits until somebody writes to it.
        yield source.skipped("not a regular file")
    elif not found.st_size:
        yield source.skipped("the file is empty: there is nothing to check")
    elif kind.streamed:
        yield from kind.read(source)
    elif found.st_size > MAX_BYTES:
        yield source.skipped(f"larger than {MAX_BYTES // 1024 // 1024} MiB")
    else:
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            before = data[: problem.start].decode("utf-8-sig", "replace")
            line = before.count("\n") + 1
            byte = f"0x{data[problem.start]:02x}"
            yield source.skipped(
                f"not UTF-8 text: byte {problem.start} is {byte}",
                line=line,
                column=len(before) - before.rfind("\n"),
            )
            return
        own = Source(text=text, shown=source.shown, path=path, column=source.column)
        yield from _checked(own, kind)


def _checked(source: Source, kind: Format) -> Iterator[Read]:
    """Read a text unless it is none."""
    text = source.content
    if not text:
        yield source.skipped("the file is empty: there is nothing to check")
    elif not text.strip():
        yield source.skipped("the file holds only white space: there is nothing to check")
    elif not text.isascii() and not kind.streamed and (bad := _BAD_BYTE.search(text)):
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        reason = f"not UTF-8 text: a byte is 0x{ord(bad.group()) - 0xDC00:02x}"
        yield source.skipped(reason, line=line, column=column)
    elif (place := text.find("\0")) >= 0 and not kind.streamed:
        line = text.count("\n", 0, place) + 1
        column = place - text.rfind("\n", 0, place)
        yield source.skipped("a NUL character: this is no text", line=line, column=column)
    else:
        yield from kind.read(source)
