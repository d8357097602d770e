"""Where a form or a log-in leads back to: into the console, and nowhere else."""

from urllib.parse import urlsplit

from lienthong.console.rendering import BASE, href


def page_of_ours(path: str) -> str:
    """The path, if it leads into the console; else the first page."""
    parts = urlsplit(path)
    is_ours = not parts.scheme and not parts.netloc and (parts.path == BASE or parts.path.startswith(f"{BASE}/"))
    is_plain = "\\" not in path and not path.startswith("//") and path.isprintable()
    return path if is_ours and is_plain else href("/")
