"""The project of the chaos: its parts throw exceptions on demand, and what a queue has lost is soon published again."""

from pathlib import Path

from tests.services.processes import change_yaml, make_project

RECONCILE_AFTER = "5s"
LADDER = ["1s", "3s"]
"""After a failed attempt an event counts as lost when the longest wait and the margin have passed."""

PARTS = "tests.chaos.exceptions"


def make_chaos_project(root: Path) -> Path:
    """See `make_project`."""
    make_project(root)
    change_yaml(root / "config/bus.yaml", reconcile_after=RECONCILE_AFTER, ladder=LADDER)
    change_yaml(root / "config/sources/igate.yaml", use=f"{PARTS}.ThrowingIgate")
    change_yaml(root / "config/sinks/data-store.yaml", use=f"{PARTS}.ThrowingStore")
    change_yaml(root / "config/lookups/civil-servants.yaml", use=f"{PARTS}.ThrowingRegister")
    route = root / "routes/igate-dossiers.yaml"
    change_yaml(route, steps=lambda steps: [{"apply": f"{PARTS}.step"}, *steps])
    return root
