"""The contract of `Files`, over a folder and over an S3-compatible store (a stand-in in memory plays it)."""

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from lienthong.adapters.files.object_store import PART_BYTES, RANGE_BYTES
from lienthong.adapters.files.opening import open_files
from lienthong.adapters.files.signed_requests import Bucket
from lienthong.errors import Misconfigured, Transient
from lienthong.ports import Files, NoSuchFile
from tests.s3_stand_in import Store, s3_stand_in

HELLO = b"xin ch\xc3\xa0o"
NOWHERE = "sha256:" + "0" * 64


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")


class Place(NamedTuple):
    files: Files
    folder: Path
    store: Store | None

    def bodies(self) -> list[bytes]:
        """What the place holds, looked at past the port."""
        if self.store is not None:
            return [content for content, _ in self.store.objects.values()]
        return [path.read_bytes() for path in (self.folder / "files" / "sha256").rglob("*") if path.is_file()]

    def drafts(self) -> list[Path]:
        return list((self.folder / "files" / "incoming").glob("*"))


@pytest.fixture(params=["folder", "s3"])
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "folder":
        yield Place(open_files("", tmp_path), tmp_path, None)
        return
    with s3_stand_in() as (store, address):
        yield Place(open_files(address, tmp_path), tmp_path, store)


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_body_is_kept_under_its_digest_and_read_back(place: Place) -> None:
    stored = place.files.put(io.BytesIO(HELLO))
    assert (stored.digest, stored.size) == (digest_of(HELLO), len(HELLO))
    with place.files.open(stored.digest) as body:
        assert body.read() == HELLO
    assert place.files.size(stored.digest) == len(HELLO) and place.files.exists(stored.digest)
    assert place.drafts() == []


def test_an_empty_body_is_a_body(place: Place) -> None:
    stored = place.files.put(io.BytesIO())
    assert place.files.size(stored.digest) == 0
    with place.files.open(stored.digest) as body:
        assert body.read() == b""


def test_a_large_body_goes_and_comes_in_pieces(place: Place) -> None:
    content = os.urandom(PART_BYTES + 12_345)
    stored = place.files.put(io.BytesIO(content))
    assert stored.digest == digest_of(content)
    with place.files.open(stored.digest) as body:
        first = body.read(10)
        assert first + body.read() == content


def test_the_same_bytes_are_kept_once(place: Place) -> None:
    assert place.files.put(io.BytesIO(HELLO)) == place.files.put(io.BytesIO(HELLO))
    assert place.bodies() == [HELLO]


def test_nothing_is_seen_of_a_draft_before_it_is_kept(place: Place) -> None:
    with place.files.draft() as draft:
        draft.write(HELLO[:4])
        draft.write(HELLO[4:])
        assert place.bodies() == [] and list(place.files.walk()) == []
        assert draft.finish().digest == digest_of(HELLO)
        assert place.bodies() == []
        assert draft.keep() == draft.keep()
    assert place.bodies() == [HELLO]


def test_a_draft_that_is_not_kept_leaves_nothing(place: Place) -> None:
    with pytest.raises(ZeroDivisionError), place.files.draft() as draft:
        draft.write(HELLO)
        raise ZeroDivisionError
    assert place.bodies() == [] and place.drafts() == []


def test_what_is_not_there(place: Place) -> None:
    with pytest.raises(NoSuchFile):
        place.files.open(NOWHERE)
    assert place.files.size(NOWHERE) is None and not place.files.exists(NOWHERE)
    place.files.delete(NOWHERE)
    assert list(place.files.walk()) == [] and place.files.sweep(datetime.now(UTC)) == 0


@pytest.mark.parametrize("name", ["", "sha256:", "../../etc/passwd", NOWHERE[:-1], NOWHERE.upper(), "md5:" + "0" * 64])
def test_what_is_no_digest_names_no_body(place: Place, name: str) -> None:
    with pytest.raises(NoSuchFile):
        place.files.open(name)
    assert not place.files.exists(name)
    place.files.delete(name)


def test_all_bodies_are_listed_with_the_moment_they_were_kept(place: Place) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    kept = {place.files.put(io.BytesIO(bytes([number]))) for number in range(8)}
    found = list(place.files.walk())
    assert {(one.digest, one.size) for one in found} == {(one.digest, one.size) for one in kept}
    assert all(began <= one.kept_at <= datetime.now(UTC) for one in found)


def test_a_deleted_body_is_not_there_any_more(place: Place) -> None:
    stored = place.files.put(io.BytesIO(HELLO))
    place.files.delete(stored.digest)
    place.files.delete(stored.digest)
    assert not place.files.exists(stored.digest) and place.bodies() == []
    assert place.files.put(io.BytesIO(HELLO)) == stored and place.bodies() == [HELLO]


def test_many_threads_keep_the_same_and_other_bodies(place: Place) -> None:
    contents = [bytes([number % 4]) * 70_000 for number in range(16)]
    threads = [threading.Thread(target=lambda c=content: place.files.put(io.BytesIO(c))) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(place.bodies()) == sorted(set(contents)) and place.drafts() == []


def test_drafts_of_uploads_that_ended_are_swept(place: Place) -> None:
    old, new = place.files.draft(), place.files.draft()
    old.write(HELLO)
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
    oldest = min(place.drafts(), key=lambda path: path.stat().st_size == 0)
    os.utime(oldest, (hour_ago, hour_ago))
    assert place.files.sweep(datetime.now(UTC) - timedelta(minutes=30)) == 1
    new.write(HELLO)
    assert new.keep().digest == digest_of(HELLO)


def test_other_accounts_read_nothing(place: Place) -> None:
    place.files.put(io.BytesIO(HELLO))
    with place.files.draft() as draft:
        draft.write(HELLO)
        for path in (place.folder / "files").rglob("*"):
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_full_or_unreadable_disk_is_a_passing_fault(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("no folder", encoding="utf-8")
    with pytest.raises(Transient, match="part of its path is not a folder"):
        open_files("", tmp_path).put(io.BytesIO(HELLO))


def test_a_folder_that_is_named_by_its_address(tmp_path: Path) -> None:
    open_files(f"file://{tmp_path}/th%C6%B0%20m%E1%BB%A5c", tmp_path / "data").put(io.BytesIO(HELLO))
    assert (tmp_path / "thư mục" / "sha256").is_dir()


def test_a_file_that_a_disk_has_damaged_is_healed_when_it_is_kept_again(tmp_path: Path) -> None:
    files = open_files("", tmp_path)
    stored = files.put(io.BytesIO(HELLO))
    (damaged,) = (path for path in (tmp_path / "files" / "sha256").rglob("*") if path.is_file())
    damaged.write_bytes(b"")
    files.put(io.BytesIO(HELLO))
    assert files.size(stored.digest) == len(HELLO)


@pytest.mark.parametrize(("status", "words"), [(403, "refuses our key"), (400, "does not answer")])
def test_a_store_that_refuses_is_a_passing_fault(tmp_path: Path, status: int, words: str) -> None:
    with s3_stand_in() as (store, address):
        files = open_files(address, tmp_path)
        store.refuses = status
        for ask in (lambda: files.put(io.BytesIO(HELLO)), lambda: files.open(NOWHERE), lambda: list(files.walk())):
            with pytest.raises(Transient, match=words):
                ask()
    assert list((tmp_path / "files" / "incoming").glob("*")) == []


def test_a_key_or_bucket_that_the_store_does_not_know(tmp_path: Path) -> None:
    with s3_stand_in() as (_, address):
        with pytest.raises(Transient, match="refuses our key"):
            open_files(address.replace("test-key", "other"), tmp_path).put(io.BytesIO(HELLO))
        with pytest.raises(Transient, match="bucket"):
            open_files(address.replace("@bodies", "@other"), tmp_path).put(io.BytesIO(HELLO))


def test_a_reply_that_breaks_off_is_no_shorter_body(tmp_path: Path) -> None:
    with s3_stand_in() as (store, address):
        files = open_files(address, tmp_path)
        stored = files.put(io.BytesIO(HELLO * 100_000))
        store.cuts_replies = True
        with pytest.raises(Transient), files.open(stored.digest) as body:
            body.read()


def test_a_store_without_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="AWS_SECRET_ACCESS_KEY"):
        open_files("s3://bodies?endpoint=https://files.example.vn", tmp_path)


def test_a_large_body_of_a_store_is_asked_for_in_ranges(tmp_path: Path) -> None:
    with s3_stand_in() as (store, address):
        files = open_files(address, tmp_path)
        stored = files.put(io.BytesIO(os.urandom(RANGE_BYTES + 1)))
        store.requests.clear()
        with files.open(stored.digest) as body:
            body.read(1)
            assert [each.split()[0] for each in store.requests] == ["HEAD", "GET"]
            body.read()
        assert [each.split()[0] for each in store.requests] == ["HEAD", "GET", "GET"]


def test_uploads_in_parts_that_broke_off_are_ended(tmp_path: Path) -> None:
    with s3_stand_in() as (store, address):
        files, now = open_files(address, tmp_path), datetime.now(UTC)
        for number in range(5):
            store.uploads[f"u{number}"] = (f"kho/sha256/ab/{number}", now - timedelta(days=2 if number else 0))
        store.uploads["other"] = ("elsewhere/x", now - timedelta(days=2))
        assert files.sweep(now - timedelta(days=1)) == 4
        assert set(store.uploads) == {"u0", "other"}
        store.refuses = 403
        assert files.sweep(now - timedelta(days=1)) == 0
        store.refuses = 500
        with pytest.raises(Transient):
            files.sweep(now - timedelta(days=1))


def test_requests_are_signed_as_the_examples_of_aws_are() -> None:
    """Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single
    Chunk", the examples GET Bucket Lifecycle and Get Bucket (List Objects)."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    bucket = Bucket("https://examplebucket.s3.amazonaws.com", "us-east-1", "AKIAIOSFODNN7EXAMPLE", secret)
    at = datetime(2013, 5, 24, tzinfo=UTC)
    assert [
        bucket.sign("GET", "/", query, at)["Authorization"].rpartition("=")[2]
        for query in ({"lifecycle": ""}, {"max-keys": "2", "prefix": "J"})
    ] == [
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ]
