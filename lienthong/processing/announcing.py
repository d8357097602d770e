"""Publishing the effects of a bundle: what is announced is kept in the ledger by the same transaction."""

from lienthong.ports import Broker, LedgerTransaction
from lienthong.processing.effects import Effects
from lienthong.processing.stage import Stage
from lienthong.topology import announcement_bundles


def publish_effects(stage: Stage, effects: Effects, *, transaction: LedgerTransaction, broker: Broker) -> None:
    """Publish bundles and announcements, if there are any; returns when they are confirmed. Raises as `publish` does.

    Called after the verdicts were recorded: so the transaction keeps an announcement exactly when it keeps them.
    """
    if effects.announce and stage.keep:
        transaction.announce(stage.name, announcement_bundles(effects.announce))
    if effects.bundles or effects.announce:
        broker.publish(effects.bundles, effects.announce)
