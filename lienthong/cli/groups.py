"""The groups of commands, by the word that they begin with."""

from lienthong.cli.access import access
from lienthong.cli.dead import dead
from lienthong.cli.deadlines import deadlines
from lienthong.cli.files import files
from lienthong.cli.notices import notices
from lienthong.cli.reports import reports
from lienthong.cli.signature import signature
from lienthong.cli.topology import topology
from lienthong.cli.webhook_commands import subscriptions

GROUPS = {
    "dead": dead,
    "topology": topology,
    "access": access,
    "signature": signature,
    "files": files,
    "deadlines": deadlines,
    "notices": notices,
    "reports": reports,
    "subscriptions": subscriptions,
}
