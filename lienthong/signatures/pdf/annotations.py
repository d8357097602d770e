"""Revisions that change nothing but annotations (DocMDP permission 3; ISO 32000-2, table 257).

pyHanko has no rule for them. Every object that existed before must be as it was, but for annotations other than
form fields and for the lists of annotations of the pages; what is new can then be reached through them alone.
"""

from typing import Any


def only_annotations(old: Any, new: Any) -> bool:
    """Whether `new` differs from `old` in annotations only. Whatever cannot be read is a difference."""
    try:
        return _Comparison(old, new).run()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - hostile structures may raise anything
        return False


class _Comparison:
    def __init__(self, old: Any, new: Any) -> None:
        from pyhanko.sign.diff_analysis.policies import _is_id

        self._same = _is_id
        self._old, self._new = old, new
        self._pages: dict[Any, tuple[Any, Any]] = {}
        self._lists: set[Any] = set()
        self._annotations: set[Any] = set()

    def run(self) -> bool:
        if self._new.refs_freed_in_revision() or not self._walk(self._old.root["/Pages"], self._new.root["/Pages"], 0):
            return False
        explained = self._explained()
        written = self._new.explicit_refs_in_revision()
        return all(reference in explained or self._permitted(reference) for reference in written)

    def _explained(self) -> set[Any]:
        """What pyHanko's rules for the whole file explain: metadata, validation data, cross-reference streams."""
        from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY

        rules = DEFAULT_DIFF_POLICY.global_rules
        return {update.updated_ref for rule in rules for _, update in rule.apply_qualified(self._old, self._new)}

    def _walk(self, old: Any, new: Any, depth: int) -> bool:
        """The page trees are the same, and each page but for its list of annotations."""
        if depth > 30:
            return False
        if "/Kids" not in old:
            return self._page(old, new)
        before, after = list(old.raw_get("/Kids")), list(new.raw_get("/Kids"))
        if before != after:
            return False
        return all(self._walk(self._old(one.reference), self._new(one.reference), depth + 1) for one in before)

    def _page(self, old: Any, new: Any) -> bool:
        keys = (set(old.keys()) | set(new.keys())) - {"/Annots"}
        if any(key not in old or key not in new or not self._same(old.raw_get(key), new.raw_get(key)) for key in keys):
            return False
        self._pages[getattr(new.container_ref, "idnum", None)] = (old, new)
        before, after = self._list(old), self._list(new)
        for item in before | after:
            holder = self._new if item in after else self._old
            annotation = holder(item)
            if annotation["/Subtype"] == "/Widget" or "/FT" in annotation:
                if item not in before or item not in after:
                    return False
            else:
                self._annotations.add(item.idnum)
        return True

    def _list(self, page: Any) -> set[Any]:
        if "/Annots" not in page:
            return set()
        raw = page.raw_get("/Annots")
        if hasattr(raw, "reference"):
            self._lists.add(raw.reference.idnum)
        return {item.reference for item in page["/Annots"]}

    def _permitted(self, reference: Any) -> bool:
        if self._old.is_ref_unassignable(reference):
            return True  # new: reachable through what is permitted to change alone
        before, after = self._old(reference), self._new(reference)
        if self._same(before, after):
            return True
        if reference.idnum in self._pages or reference.idnum in self._lists:
            return True
        return reference.idnum in self._annotations
