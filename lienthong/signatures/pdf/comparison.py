"""pyHanko's comparison of two revisions, with and without the filling in of forms."""

from functools import cache
from typing import Any

MAX_DEPTH = 40


def compare(old: Any, new: Any, *, forms: bool, certified: bool = False) -> Any:
    """What pyHanko finds, None where a change is explained by no rule, or a revision cannot be read.

    Without `forms` only signatures, their fields and validation data explain a change: the names of changed fields
    that pyHanko gives hold fields that did not change. `certified`: as a certification with permission 2 demands.
    """
    from pyhanko.sign.fields import MDPPerm

    try:
        return _policy(forms).apply(old, new, doc_mdp=MDPPerm.FILL_FORMS if certified else None)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - SuspiciousModification, and whatever hostile structures provoke
        return None


@cache
def _policy(forms: bool) -> Any:
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, StandardDiffPolicy
    from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
    from pyhanko.sign.diff_analysis.rules.form_field_rules import SigFieldCreationRule, SigFieldModificationRule

    if forms:
        return DEFAULT_DIFF_POLICY
    rules: list[Any] = [SigFieldCreationRule(), SigFieldModificationRule()]  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    signatures = FormUpdatingRule(field_rules=rules)
    return StandardDiffPolicy(global_rules=DEFAULT_DIFF_POLICY.global_rules, form_rule=signatures)


def fills_a_promise(old: Any, new: Any) -> bool:
    """Whether the revision defines an object that the one before it names and lacks: what was nothing shows then.

    pyHanko takes such an object for one that nothing reaches. Whatever cannot be read counts as such a change.
    """
    try:
        old._load_reverse_xref_cache()
        xrefs = old.reader.xrefs
        return any(
            xrefs.get_historical_ref(reference, old.revision) is None and old._get_usages_of_ref(reference)
            for reference in new.explicit_refs_in_revision()
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - hostile structures may raise anything
        return True


_STYLE = ("/DA", "/Q", "/DR")
"""Of a form: how viewers draw its fields where they draw them anew."""


def restyles(old: Any, new: Any) -> bool:
    """Whether viewers draw the fields of the form anew since this revision, or in another style than before it.

    ISO 32000-2, 12.7.3: with /NeedAppearances they set aside what was drawn when the form was signed. Without it the
    style of a form shows nothing by itself, and writers add to it with a further signature.
    """
    try:
        before, after = (_value(resolver.root, "/AcroForm", {}) for resolver in (old, new))
        if not _needs_appearances(after):
            return False
        return not _needs_appearances(before) or any(
            repr(_value(before, key)) != repr(_value(after, key)) for key in _STYLE
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - hostile structures may raise anything
        return True


def _needs_appearances(form: Any) -> bool:
    given = _value(form, "/NeedAppearances", default=False)
    return bool(getattr(given, "value", given))  # pyHanko's booleans are objects, and all objects are true


def _value(holder: Any, key: str, default: Any = None) -> Any:
    """What stands under a key; pyHanko's `get` would give the reference to it."""
    return holder[key] if key in holder else default  # noqa: SIM401 - see above


def changed_fields(old: Any, new: Any) -> frozenset[str]:
    """The names of the form fields of which the revision wrote something that differs: field, widget or appearance."""
    from pyhanko.sign.diff_analysis.policies import _is_id

    def differs(reference: Any) -> bool:
        if reference not in written:
            return False
        return old.is_ref_unassignable(reference) or not _is_id(old(reference), new(reference))

    written = new.explicit_refs_in_revision()
    return frozenset(name for name, references in _objects(new).items() if any(map(differs, references)))


def _objects(resolver: Any) -> dict[str, set[Any]]:
    """Each terminal field by its name, with the objects that it consists of."""
    found: dict[str, set[Any]] = {}
    try:
        waiting = [(item, "", 0) for item in resolver.root["/AcroForm"]["/Fields"]]
    except KeyError:
        return found
    while waiting:
        item, prefix, depth = waiting.pop()
        node = item.get_object()
        part = str(node["/T"]) if "/T" in node else ""
        name = f"{prefix}.{part}" if prefix and part else prefix or part
        found.setdefault(name, set()).update(_own_objects(item, node))
        if depth < MAX_DEPTH and "/Kids" in node:
            waiting += [(kid, name, depth + 1) for kid in node["/Kids"]]
    return found


def _own_objects(item: Any, node: Any) -> set[Any]:
    held = {item.reference} if hasattr(item, "reference") else set()
    for key in ("/V", "/AP", "/Kids"):
        if key in node and hasattr(node.raw_get(key), "reference"):
            held.add(node.raw_get(key).reference)
    return held | _appearances(node) if "/AP" in node else held


def _appearances(node: Any) -> set[Any]:
    """The streams that a widget may show; one for each state where there is no single one."""
    held: set[Any] = set()
    shown = node["/AP"]
    for state in {"/N", "/R", "/D"} & set(shown.keys()):
        raw = shown.raw_get(state)
        value = raw.get_object()
        held |= {raw.reference} if hasattr(raw, "reference") else set()
        if "/BBox" not in value:
            held |= {value.raw_get(name).reference for name in value if hasattr(value.raw_get(name), "reference")}
    return held
