"""The language server: diagnostics while typing, quick fixes, and what a rule is about.

Source: Language Server Protocol 3.17.
"""

from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from promptops import __version__
from promptops.errors import PromptOpsError
from promptops.lint.finding import Finding, Severity
from promptops.lint.fixes import is_applicable
from promptops.lint.reference import explain
from promptops.lint.report import Skipped
from promptops.lsp.documents import Document, open_document
from promptops.lsp.places import Places

SOURCE = "promptops"
_FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_LEVELS = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


class PromptServer(LanguageServer):
    """The server, with what was found in each open document."""

    def __init__(self) -> None:
        """Nothing is open yet."""
        super().__init__(SOURCE, __version__)
        self.found: dict[str, tuple[int | None, tuple[Finding, ...]]] = {}

    def document(self, uri: str) -> tuple[Document | None, Places]:
        """An open document with its places; None in place of one that holds no prompts."""
        shown: TextDocument = self.workspace.get_text_document(uri)
        units: Callable[[str], int] = shown.position_codec.client_num_units
        path = uris.to_fs_path(uri)
        document = open_document(Path(path), shown.source) if path else None
        return document, Places(shown.source, units)

    def lint(self, uri: str, version: int | None) -> None:
        """Lint a document and publish what was found."""
        try:
            document, places = self.document(uri)
            checked = document.checked() if document else None
        except PromptOpsError as problem:
            self.found.pop(uri, None)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, str(problem)))
            return
        if checked is None:
            return
        findings = checked.findings
        self.found[uri] = (version, findings)
        shown = [_diagnostic(finding, places) for finding in findings]
        shown += [_not_checked(item, places) for item in checked.skipped]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=shown)
        )

    def findings(
        self, uri: str, places: Places, within: types.Range
    ) -> list[tuple[Finding, types.Range]]:
        """The findings of a document that touch a stretch of it."""
        _, findings = self.found.get(uri, (None, ()))
        spans = [(finding, _span(finding, places)) for finding in findings]
        return [(finding, span) for finding, span in spans if _touch(span, within)]


def create_server() -> PromptServer:
    """A server that is ready to be started on standard input and output, or on a socket."""
    server = PromptServer()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.lint(params.text_document.uri, params.text_document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.lint(params.text_document.uri, params.text_document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        if server.found.pop(uri, None) is not None:
            server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=uri, diagnostics=[])
            )

    kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, _FIX_ALL])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return _actions(server, params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        document, places = server.document(params.text_document.uri)
        here = types.Range(params.position, params.position)
        touched = server.findings(params.text_document.uri, places, here)
        if document is None or not touched:
            return None
        finding, span = touched[0]
        told = explain(finding.code, document.scope.options.catalog)
        text = types.MarkupContent(types.MarkupKind.Markdown, told)
        return types.Hover(contents=text, range=span)

    return server


def _actions(server: PromptServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    document, places = server.document(uri)
    if document is None:
        return []
    only = params.context.only
    found = []
    if only is None or types.CodeActionKind.QuickFix in only:
        for finding, span in server.findings(uri, places, params.range):
            if action := _quick_fix(uri, document, places, finding, span):
                found.append(action)
    if only is not None and any(_FIX_ALL.startswith(str(kind)) for kind in only):
        edit = places.change(document.fixed_all())
        if edit is not None:
            title = "Apply every fix that keeps the meaning"
            found.append(types.CodeAction(title, kind=_FIX_ALL, edit=_workspace_edit(uri, edit)))
    return found


def _quick_fix(
    uri: str, document: Document, places: Places, finding: Finding, span: types.Range
) -> types.CodeAction | None:
    fixed = document.fixed(finding) if is_applicable(finding, unsafe=True) else None
    edit = places.change(fixed) if fixed is not None else None
    if finding.fix is None or edit is None:
        return None
    safe = finding.fix.applicability == "safe"
    note = "" if safe else " (may change the meaning)"
    return types.CodeAction(
        f"{finding.fix.title}{note}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[_diagnostic(finding, places, span)],
        is_preferred=safe,
        edit=_workspace_edit(uri, edit),
    )


def _workspace_edit(uri: str, edit: types.TextEdit) -> types.WorkspaceEdit:
    return types.WorkspaceEdit(changes={uri: [edit]})


def _diagnostic(
    finding: Finding, places: Places, span: types.Range | None = None
) -> types.Diagnostic:
    advice = f"\n{finding.advice}" if finding.advice else ""
    return types.Diagnostic(
        range=span or _span(finding, places),
        message=f"{finding.message}{advice}",
        severity=_LEVELS[finding.severity],
        code=finding.code,
        source=SOURCE,
    )


def _not_checked(item: Skipped, places: Places) -> types.Diagnostic:
    start = places.offset(item.line or 1, item.column or 1)
    return types.Diagnostic(
        range=places.range(start, start),
        message=f"not checked: {item.reason}",
        severity=types.DiagnosticSeverity.Error,
        source=SOURCE,
    )


def _span(finding: Finding, places: Places) -> types.Range:
    start = places.offset(finding.line, finding.column)
    end = places.offset(finding.end_line, finding.end_column)
    return places.range(start, max(start, end))


def _touch(one: types.Range, other: types.Range) -> bool:
    return not (one.end < other.start or other.end < one.start)
