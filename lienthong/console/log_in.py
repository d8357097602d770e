"""Logging in and out: the pages that need no session. Nothing else of the console is served without one."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from lienthong.console.gate import SessionGate, comes_from_ours
from lienthong.console.preferences import read_preferences
from lienthong.console.rendering import HEADERS, environment, href, page_of_ours
from lienthong.messages import message, reading_in
from lienthong.operations.sessions import LogInRefused

MOST_FIELDS = 20


class LogIn:
    """The pages of the log-in. `is_recording`: whether the ledger is that of a recording."""

    def __init__(self, gate: SessionGate, *, is_recording: bool) -> None:
        self._gate = gate
        self._is_recording = is_recording

    def routes(self) -> list[Route]:
        """Where they lie, below the console."""
        return [
            Route("/log-in", self.show, methods=["GET"]),
            Route("/log-in", self.log_in, methods=["POST"]),
            Route("/log-out", self.log_out, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form; who has a session is sent on."""
        if await run_in_threadpool(self._gate.viewer, request) is not None:
            return RedirectResponse(page_of_ours(request.query_params.get("next", "")), 303)
        return await run_in_threadpool(self._page, request, 200, request.query_params.get("next", ""))

    async def log_in(self, request: Request) -> Response:
        """Open a session and go to the page that was asked for; else the form again, with the reason."""
        form = await request.form(max_files=0, max_fields=MOST_FIELDS)
        login, password, back = (str(form.get(name, "")) for name in ("login", "password", "next"))
        return await run_in_threadpool(self._log_in, request, login, password, back)

    async def log_out(self, request: Request) -> Response:
        """End the session, or with `everywhere` all of the person's."""
        form = await request.form(max_files=0, max_fields=MOST_FIELDS)
        token, everywhere = str(form.get("token", "")), bool(form.get("everywhere"))
        return await run_in_threadpool(self._log_out, request, token, everywhere)

    def _log_in(self, request: Request, login: str, password: str, back: str) -> Response:
        if not comes_from_ours(request):
            return self._page(request, 403, back, "foreign")
        if not self._gate.may_log_in(request):
            return self._page(request, 403, back, "insecure")
        try:
            with reading_in(read_preferences(request).language):
                secret = self._gate.sessions.log_in(login, password, address=self._gate.address(request))
        except LogInRefused as refusal:
            return self._page(request, 429 if refusal.until else 401, back, "refused", refusal)
        reply = RedirectResponse(page_of_ours(back), 303)
        self._gate.keep(reply, request, secret)
        return reply

    def _log_out(self, request: Request, token: str, everywhere: bool) -> Response:
        viewer = self._gate.viewer(request)
        reply = RedirectResponse(href("/log-in"), 303)
        if viewer is not None:
            if not self._gate.is_ours(request, token):
                return self._page(request, 403, "", "foreign")
            self._gate.sessions.log_out(self._gate.secret(request), viewer=viewer, everywhere=everywhere)
        self._gate.drop(reply, request)
        return reply

    def _page(
        self, request: Request, status: int, back: str, state: str = "", refusal: LogInRefused | None = None
    ) -> Response:
        preferences = read_preferences(request)
        with reading_in(preferences.language):
            if not state and self._gate.sessions.is_empty():
                state = "empty"
            elif not state and not self._gate.may_log_in(request):
                state = "insecure"
            text = (
                environment()
                .get_template("log_in.html")
                .render(
                    preferences=preferences,
                    back=page_of_ours(back),
                    state=state,
                    why=str(refusal) if refusal else "",
                    until=refusal.until if refusal else None,
                    is_recording=self._is_recording,
                    title=message("Log in"),
                )
            )
        return HTMLResponse(text, status, headers=HEADERS)
