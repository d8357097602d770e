"""Notices to citizens and officers: their states, and one with its attempts. Personal data is hidden by its marks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from starlette.responses import Response

from lienthong.configuration.personal import all_personal_keys
from lienthong.console.paging import Paging, first_page
from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.envelope import parse_utc
from lienthong.masking import mask_data
from lienthong.messages import Message, message
from lienthong.ports.notice_keeping import NoticeFilter, NoticeState
from lienthong.runtime.notices import make_keeper

MARKS = {"delivered": "ok", "accepted": "ok", "failed": "bad", "in_doubt": "bad", "expired": "warn", "held": "warn"}
"""How a state is marked; `idle` for the others."""


def show_notices(visit: Visit) -> Response:
    """A page of notices by id."""
    state = next((one for one in get_args(NoticeState) if one == visit.query("state")), None)
    keeper, personal = make_keeper(visit.settings, visit.storage.site), all_personal_keys(visit.settings)
    wanted = NoticeFilter(state, visit.query("channel"), "", visit.query("after"))
    found = (mask_data(one, personal) for one in keeper.notices(wanted)) if keeper else iter(())
    paging: Paging[Mapping[str, Any]] = first_page(found, lambda one: one["notice"])
    return render(
        visit,
        "notices.html",
        paging=paging,
        states=state_words(),
        chosen=state or "",
        marks=MARKS,
        is_kept=keeper is not None,
        instant=instant,
    )


def show_notice(visit: Visit) -> Response:
    """One notice with its attempts, and what gateways answered."""
    keeper = make_keeper(visit.settings, visit.storage.site)
    found = keeper.notice(visit.part("notice")) if keeper else None
    if found is None:
        raise KeyError(visit.part("notice"))
    notice = mask_data(found, all_personal_keys(visit.settings))
    plain = {
        name: value for name, value in notice.items() if name not in ("attempts", "data") and value not in (None, "")
    }
    return render(visit, "notice.html", notice=notice, plain=plain, states=state_words(), marks=MARKS, instant=instant)


def instant(written: str | None) -> datetime | None:
    """The moment of a value of a notice."""
    return parse_utc(written) if written else None


def state_words() -> Mapping[str, Message]:
    """Each state in words."""
    return {
        "held": message("held back"),
        "sending": message("being sent"),
        "accepted": message("accepted by the gateway"),
        "delivered": message("delivered"),
        "failed": message("failed"),
        "in_doubt": message("in doubt"),
        "expired": message("expired"),
        "suppressed": message("suppressed"),
    }
