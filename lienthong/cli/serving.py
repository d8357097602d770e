"""`lienthong serve`: the HTTP interface, in a process of its own."""

from typing import Annotated

import typer

from lienthong.messages import message
from lienthong.runtime.project import Project


def serve(
    project: Project,
    *,
    host: Annotated[
        str, typer.Option(metavar=message("HOST"), help=message("The address to listen on."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, metavar=message("PORT"), help=message("The port to listen on; 0 for a free one."))
    ] = 8700,
    drain: Annotated[
        int,
        typer.Option(
            min=0,
            metavar=message("SECONDS"),
            help=message("How long it still takes connections after the signal to stop, while it is not ready."),
        ),
    ] = 3,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.output import print_text
    from lienthong.http import serving
    from lienthong.http.service import Service

    console = context.service_console(project)

    def listening(address: str, service: Service) -> None:
        if service.is_recording:
            print_text(console, message("The ledger is that of a recording: every answer is marked so."))
        else:
            for inbox in service.storage.settings.served_inboxes():
                print_text(console, message("{path} receives for the inbox {name}.", path=inbox.path, name=inbox.name))
        print_text(console, message("Lienthong answers at {address}; press Ctrl+C to stop.", address=address))

    serving.serve(project, host=host, port=port, drain=drain, listening=listening)
