"""`lienthong check`, `test` and `explain`: what the configuration states, and whether it holds."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain
from lienthong.configuration.cases import run_cases
from lienthong.configuration.check import examine
from lienthong.configuration.codes import explain_code
from lienthong.configuration.explain import explain as explain_route
from lienthong.configuration.explain import explain_sink
from lienthong.configuration.explain_origins import explain_inbox, explain_request, explain_schedule, explain_source
from lienthong.configuration.explain_parts import Line
from lienthong.configuration.resolve import resolve, sinks_with
from lienthong.errors import Finding
from lienthong.messages import message, message_n, reader_language
from lienthong.runtime.project import Project
from lienthong.settings import Settings
from lienthong.signatures.guidance import guidance


def check(console: Console, project: Project, *, as_json: bool) -> int:
    """Every finding in two lines. The exit code is 1 when one of them is an error."""
    settings, findings = examine(project.folder, project.variables)
    if not any(finding.level == "error" for finding in findings):
        findings += _of_templates(settings)
    errors = sum(finding.level == "error" for finding in findings)
    if as_json:
        print_json([dataclasses.asdict(finding) for finding in findings])
        return context.FAULT if errors else context.OK
    for finding in findings:
        colour = "red" if finding.level == "error" else "yellow"
        line = Text.assemble(plain(finding.location, "bold"), " ", (finding.code, colour), " ", plain(finding.what))
        console.print(line, soft_wrap=True, highlight=False)
        print_text(console, f"    → {finding.advice}", wrap=False)
    if errors:
        text = message_n(
            "{count} error. `lienthong explain CODE` explains a code.",
            "{count} errors. `lienthong explain CODE` explains a code.",
            count=errors,
        )
        print_text(console, text)
        return context.FAULT
    text = message(
        "The configuration is sound: {routes}, {sources}, {sinks}.",
        routes=message_n("{count} route", "{count} routes", count=len(settings.routes)),
        sources=message_n("{count} source", "{count} sources", count=len(settings.sources)),
        sinks=message_n("{count} sink", "{count} sinks", count=len(settings.sinks)),
    )
    print_text(console, text)
    if settings.disabled:
        files = ", ".join(f"{kind}/{name}" for kind, names in settings.disabled.items() for name in names)
        print_text(console, message("Disabled with `enabled: false`: {files}.", files=files))
    return context.OK


def _of_templates(settings: Settings) -> list[Finding]:
    """What is wrong with the templates of notices, where a sink of the project has any. It knows their rules."""
    if not any(sinks_with("notice_findings", settings)):
        return []
    from lienthong.runtime.notices import without_database

    with without_database(settings) as keeper:
        return list(keeper.notice_findings()) if keeper else []


def test(console: Console, project: Project, *, as_json: bool) -> int:
    """Run the cases of all routes. The exit code is 1 when one fails, or when there is none."""
    results = run_cases(project.folder, project.settings())
    failed = sum(not result.passed for result in results)
    if as_json:
        print_json([dataclasses.asdict(result) for result in results])
        return context.FAULT if failed else context.OK
    for result in results:
        mark = Text("✓", "green") if result.passed else Text("✗", "red")
        console.print(Text.assemble(mark, plain(f" {result.route}: {result.name}")), highlight=False)
        if not result.passed:
            print_text(console, f"    {result.file}:{result.line}: {result.why}")
    text = message(
        "{passed} passed, {failed} failed",
        passed=message_n("{count} case", "{count} cases", count=len(results) - failed),
        failed=message_n("{count} case", "{count} cases", count=failed),
    )
    print_text(console, text)
    return context.FAULT if failed or not results else context.OK


def explain(console: Console, project: Project, name: str) -> int:
    """Explain a code of `check`, a route, a sink, a source, a schedule, a request or an inbox; else a reason of a
    verdict on signatures.
    """
    meaning = explain_code(name.upper())
    if meaning is not None:
        print_text(console, meaning, lines=True)
        return context.OK
    settings = project.settings()
    if of_project := _of_notices(name, settings):
        print_text(console, of_project, lines=True)
        return context.OK
    if name in settings.disabled.get("routes", ()):
        print_text(console, message("The route {name} is disabled (`enabled: false`); it does not run.", name=name))
        return context.OK
    lines = _explained(name, settings)
    if lines is None and (reason := guidance(name)):
        print_text(console, f"{name}: {reason.sentence}\n\n{reason.step}", lines=True)
        return context.OK
    if lines is None:
        text = message(
            "There is no route, sink, source, schedule, request, inbox or code {name}. The routes are: {names}.",
            name=repr(name),
            names=", ".join(settings.routes),
        )
        context.fail(text, context.USAGE)
    for line in lines:
        shown = Text.assemble((f"{line.label:>10}", "bold"), "  ", plain(line.text))
        console.print(shown, highlight=False, soft_wrap=True)
    return context.OK


def _of_notices(code: str, settings: Settings) -> str | None:
    """What a code of the templates' lint means; the sink of the project that keeps notices knows it."""
    for sink in sinks_with("notice_code", settings):
        of_templates: Any = resolve(sink.use)
        found: str | None = of_templates.notice_code(code, reader_language())
        return found
    return None


def _explained(name: str, settings: Settings) -> Sequence[Line] | None:
    """The lines about a route, else a sink, source, schedule, request or inbox of this name; None without one."""
    if name in settings.routes:
        return explain_route(settings.routes[name], settings)
    if name in settings.sinks:
        return explain_sink(settings.sinks[name], settings)
    if name in settings.sources:
        return explain_source(settings.sources[name], settings)
    if name in settings.schedules:
        return explain_schedule(settings.schedules[name], settings)
    if name in settings.requests:
        return explain_request(settings.requests[name], settings)
    return explain_inbox(settings.inboxes[name], settings) if name in settings.inboxes else None
