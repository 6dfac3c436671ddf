"""Files in the S3 object store, through django-storages. Links expire after a minute."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils.http import content_disposition_header

from msmebazaar.core.exceptions import Unavailable
from msmebazaar.integrations.errors import VendorError, measured


@dataclass(frozen=True)
class StoredFile:
    """`key` is where it lies, which differs from the wanted key when that was taken."""

    key: str
    size: int


@dataclass(frozen=True)
class UploadForm:
    """Where a browser sends a file directly: a multipart POST of these fields and then the file, as `file`."""

    url: str
    fields: Mapping[str, str]
    expires_in_s: int


@dataclass(frozen=True)
class Lying:
    """An object in the store."""

    key: str
    size: int
    changed_at: datetime


UPLOAD_LIFETIME_S = 600
LINK_LIFETIME_S = 60
RETRY_SOON_S = 5


@contextmanager
def reaching_the_store() -> Iterator[None]:
    """A store that is away, or refuses, is "try again soon" for whoever asked, not an error of ours."""
    try:
        with measured("s3"):
            try:
                yield
            except (BotoCoreError, ClientError) as error:
                raise VendorError("s3", "", permanent=False) from error
    except VendorError as error:
        raise Unavailable(retry_after_s=RETRY_SOON_S) from error


class FileStore:
    """Keeps, reads and removes files by key. Unavailable when the store does not answer."""

    def __init__(self, backend: Storage) -> None:
        self.backend = backend

    def keep(self, key: str, content: bytes) -> StoredFile:
        """Never overwrites: a taken key gets a suffix."""
        with reaching_the_store():
            return StoredFile(self.backend.save(key, ContentFile(content)), len(content))

    def replace(self, key: str, content: bytes) -> None:
        """Under exactly this key, whatever was there."""
        self.remove(key)
        kept = self.keep(key, content)
        assert kept.key == key, "nobody else writes under this key"

    def size_of(self, key: str) -> int:
        """In bytes. FileNotFoundError when there is no such object."""
        with reaching_the_store():
            return self.backend.size(key)

    def read(self, key: str) -> bytes:
        with reaching_the_store(), self.backend.open(key) as stream:
            return bytes(stream.read())

    def exists(self, key: str) -> bool:
        with reaching_the_store():
            return self.backend.exists(key)

    def remove(self, key: str) -> None:
        with reaching_the_store():
            self.backend.delete(key)

    def short_link(self, key: str, *, file_name: str = "", content_type: str = "") -> str:
        """A presigned download, valid for a minute; check rights before handing it out.

        With a file name the browser saves it under that name instead of showing it.
        """
        parameters = {}
        if file_name:
            disposition = content_disposition_header(as_attachment=True, filename=file_name)
            parameters["ResponseContentDisposition"] = disposition or "attachment"
        if content_type:
            parameters["ResponseContentType"] = content_type
        return str(self.backend.url(key, parameters=parameters or None))  # type: ignore[call-arg]

    def upload_form(self, key: str, *, content_type: str, most_bytes: int) -> UploadForm:
        """A presigned upload of one object of this type and at most this size, valid for ten minutes."""
        store = settings.OBJECT_STORE
        if store is None:
            raise Unavailable
        client = self.backend.connection.meta.client  # type: ignore[attr-defined]
        made = client.generate_presigned_post(
            store.bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, most_bytes]],
            ExpiresIn=UPLOAD_LIFETIME_S,
        )
        return UploadForm(made["url"], made["fields"], UPLOAD_LIFETIME_S)

    def lying_under(self, prefix: str) -> Iterator[Lying]:
        """Every object whose key begins so."""
        with reaching_the_store():
            for found in self.backend.bucket.objects.filter(Prefix=prefix):  # type: ignore[attr-defined]
                yield Lying(found.key, found.size, found.last_modified)


def file_store() -> FileStore:
    return FileStore(default_storage)
