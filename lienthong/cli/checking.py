"""`lienthong check`, `test` and `explain`: what the configuration says, and whether it holds."""

import dataclasses
import json

from rich.console import Console
from rich.markup import escape

from lienthong.cli import context
from lienthong.configuration.cases import run_cases
from lienthong.configuration.check import examine
from lienthong.configuration.codes import explain_code
from lienthong.configuration.explain import explain as explain_route
from lienthong.runtime.project import Project


def check(console: Console, project: Project, *, as_json: bool) -> int:
    """Every finding in a line; the exit code says whether any is an error."""
    settings, findings = examine(project.folder, project.variables)
    errors = [finding for finding in findings if finding.level == "error"]
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False, indent=1))  # noqa: T201 - for programs, unwrapped
        return context.FAULT if errors else context.OK
    for finding in findings:
        colour = "red" if finding.level == "error" else "yellow"
        place = f"{finding.file}:{finding.line}:{finding.column}"
        console.print(f"[bold]{escape(place)}[/] [{colour}]{finding.code}[/] {escape(finding.what)}", soft_wrap=True)
        console.print(f"    → {escape(finding.advice)}", soft_wrap=True, highlight=False)
    if errors:
        console.print(f"{len(errors)} error(s). `lienthong explain CODE` says more about a code.", highlight=False)
        return context.FAULT
    parts = ((len(settings.routes), "routes"), (len(settings.sources), "sources"), (len(settings.sinks), "sinks"))
    console.print(f"Sound: {', '.join(f'{count} {what}' for count, what in parts)}.", highlight=False)
    return context.OK


def test(console: Console, project: Project, *, as_json: bool) -> int:
    """Run the cases of all routes."""
    results = run_cases(project.folder, project.settings())
    failed = [result for result in results if not result.passed]
    if as_json:
        print(json.dumps([dataclasses.asdict(result) for result in results], ensure_ascii=False, indent=1))  # noqa: T201 - for programs, unwrapped
        return context.FAULT if failed else context.OK
    for result in results:
        mark = "[green]✓[/]" if result.passed else "[red]✗[/]"
        console.print(f"{mark} {escape(result.route)}: {escape(result.name)}", highlight=False)
        if not result.passed:
            console.print(f"    {escape(result.file)}:{result.line}: {escape(result.why)}", highlight=False)
    console.print(f"{len(results) - len(failed)} passed, {len(failed)} failed", highlight=False)
    return context.FAULT if failed or not results else context.OK


def explain(console: Console, project: Project, name: str) -> int:
    """A code of `check`, or a route."""
    meaning = explain_code(name.upper())
    if meaning is not None:
        console.print(escape(meaning))
        return context.OK
    settings = project.settings()
    if name not in settings.routes:
        known = ", ".join(settings.routes)
        context.fail(f"There is no route and no code {name!r}. Routes: {known}.", context.USAGE)
    for line in explain_route(settings.routes[name], settings):
        console.print(f"[bold]{line.label:>10}[/]  {escape(line.text)}", highlight=False, soft_wrap=True)
    return context.OK
