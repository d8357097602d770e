"""The address of an S3-compatible store of files: `s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION`.

What it leaves out is in the variables of AWS: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

KEY, SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"

_OF_AWS = "https://s3.amazonaws.com"

_IN_QUERY = {"endpoint": "AWS_ENDPOINT_URL", "region": "AWS_REGION"}


def is_store(text: str) -> bool:
    """Whether an address is that of an S3-compatible store."""
    return text.startswith("s3://")


def complete_address(text: str, variables: Mapping[str, str]) -> str:
    """The address with what it leaves to variables. Any other address is given back as it is."""
    if not is_store(text):
        return text
    parts = urlsplit(text)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, variable in _IN_QUERY.items():
        if name not in query and (value := variables.get(variable)):
            query[name] = value
    place = parts.netloc
    key, secret = variables.get(KEY, ""), variables.get(SECRET, "")
    if "@" not in place and key and secret:
        place = f"{quote(key, safe='')}:{quote(secret, safe='')}@{place}"
    return urlunsplit((parts.scheme, place, parts.path, urlencode(query), ""))


def endpoint_of(text: str, variables: Mapping[str, str]) -> str:
    """The address of the server behind the address of a store."""
    query = dict(parse_qsl(urlsplit(complete_address(text, variables)).query))
    return query.get("endpoint") or _OF_AWS
