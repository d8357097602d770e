"""The channels, each with the gateway that its file of `config/sinks/` names and describes.

A gateway that is not on this machine gets nothing with an empty or invented account: the channel stops instead.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.notices.esms import EsmsSms
from connectors.notices.gateway import Answer, Gateway, Message, Verdict
from connectors.notices.played import PlayedGateway
from connectors.notices.prices import Prices
from connectors.notices.smtp import Security, Smtp
from connectors.notices.templates import Templates
from connectors.notices.viettel import ViettelSms
from connectors.notices.vnpt import VnptSms
from connectors.notices.zalo import ZaloGateway
from connectors.notices.zalo_tokens import TokenServer
from lienthong import Rejected, Site, Table, Transient
from store.gateway_tokens import KeptTokens
from store.notices.channel import NoticeChannel

TEMPLATES = Path("config/templates")
TIMEOUT = timedelta(seconds=30)
INVENTED = "sandbox"
"""Part of the invented accounts that the shipped configuration has: they open the sandbox alone."""

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
"""Hosts of this machine, as the sandbox has."""


class WithoutAccount:
    """Stands for a gateway that is not to be called: it stops the channel, and states what is missing."""

    knows_repeats = False

    def send(self, message: Message) -> Answer:  # noqa: ARG002 - nothing is sent
        """Nothing is sent."""
        return Answer(Verdict.CONFIGURATION, "chưa khai tài khoản thật của cổng: không gửi gì ra ngoài")

    def query(self, message_id: str, gateway_id: str | None) -> None:
        """It cannot be asked."""


class _Channel(NoticeChannel):
    """A channel that plays its part in a recording by the error table of its gateway."""

    channel = ""

    def __init__(self, site: Site, gateway: Gateway, *, host: str, account: Sequence[str], errors: Table) -> None:
        super().__init__(site, gateway if may_be_called(host, account) else WithoutAccount())
        self._site = site
        self._errors = errors

    def play(self, recording: Path, sent: list[Mapping[str, Any]]) -> None:
        """Send as the recording plans it, and to no machine."""
        self._gateway = PlayedGateway(self._site.clock, self.channel, recording, errors=self._errors, sent=sent)


class ZaloChannel(_Channel):
    """Zalo: ZBS template messages. `refresh_token` is what an operator got by authorising the account."""

    channel = "zalo"

    def __init__(
        self,
        site: Site,
        *,
        url: str,
        token_url: str,
        app_id: str,
        secret_key: str,
        refresh_token: str,
        errors: Table,
        development: bool = False,
        templates: Path = TEMPLATES,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        server = TokenServer(site.clock, url=token_url, app_id=app_id, secret_key=secret_key)
        tokens = KeptTokens(site.database, site.clock, server, secret_key=secret_key, refresh_token=refresh_token)
        gateway = ZaloGateway(
            site.clock, Templates(templates), tokens, url=url, errors=errors, development=development, timeout=timeout
        )
        super().__init__(site, gateway, host=_host(url), account=(app_id, secret_key, refresh_token), errors=errors)


class EsmsChannel(_Channel):
    """SMS by eSMS. `prices`: đồng for one part, by carrier."""

    channel = "sms"

    def __init__(
        self,
        site: Site,
        *,
        url: str,
        api_key: str,
        secret_key: str,
        errors: Table,
        prices: Table,
        callback_url: str = "",
        templates: Path = TEMPLATES,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        gateway = EsmsSms(
            site.clock,
            Templates(templates),
            url=url,
            api_key=api_key,
            secret_key=secret_key,
            errors=errors,
            prices=Prices(prices),
            callback_url=callback_url,
            timeout=timeout,
        )
        super().__init__(site, gateway, host=_host(url), account=(api_key, secret_key), errors=errors)


class VnptChannel(_Channel):
    """SMS by VNPT's brand name."""

    channel = "sms"

    def __init__(
        self,
        site: Site,
        *,
        url: str,
        api_user: str,
        api_password: str,
        username: str,
        label: str,
        contract: str,
        agent: str,
        errors: Table,
        prices: Table,
        templates: Path = TEMPLATES,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        gateway = VnptSms(
            site.clock,
            Templates(templates),
            url=url,
            api_user=api_user,
            api_password=api_password,
            username=username,
            label=label,
            contract=contract,
            agent=agent,
            errors=errors,
            prices=Prices(prices),
            timeout=timeout,
        )
        super().__init__(site, gateway, host=_host(url), account=(api_user, api_password), errors=errors)


class ViettelChannel(_Channel):
    """SMS by Viettel's brand name."""

    channel = "sms"

    def __init__(
        self,
        site: Site,
        *,
        url: str,
        user: str,
        password: str,
        cp_code: str,
        errors: Table,
        prices: Table,
        templates: Path = TEMPLATES,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        gateway = ViettelSms(
            site.clock,
            Templates(templates),
            url=url,
            user=user,
            password=password,
            cp_code=cp_code,
            errors=errors,
            prices=Prices(prices),
            timeout=timeout,
        )
        super().__init__(site, gateway, host=_host(url), account=(user, password), errors=errors)


class EmailChannel(_Channel):
    """E-mail. `ca_file`: an authority beside those of the machine."""

    channel = "email"

    def __init__(
        self,
        site: Site,
        *,
        host: str,
        port: int,
        sender: str,
        sender_name: str = "",
        security: Security = "starttls",
        username: str = "",
        password: str = "",
        ca_file: str | None = None,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        gateway = Smtp(
            site.clock,
            host=host,
            port=port,
            sender=sender,
            sender_name=sender_name,
            security=security,
            username=username,
            password=password,
            ca_file=ca_file,
            timeout=timeout,
        )
        super().__init__(site, gateway, host=host, account=(username, password), errors={})

    def send_mail(self, recipient: str, subject: str, text: str, *, key: str) -> None:
        """Send a message of the bus itself, with the same account. See `lienthong.SendsMail`."""
        answer = self._gateway.send(Message(key, recipient, "", {}, text=text, subject=subject))
        if answer.verdict in (Verdict.RETRY, Verdict.NEXT_DAY):
            raise Transient(answer.why)
        if answer.verdict not in (Verdict.ACCEPTED, Verdict.DELIVERED, Verdict.IN_DOUBT):
            raise Rejected(answer.why)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def may_be_called(host: str, account: Sequence[str]) -> bool:
    """Whether a gateway may be called: one of this machine, as the sandbox is, or with an account that may be real."""
    return host in THIS_MACHINE or all(part and INVENTED not in part for part in account)
