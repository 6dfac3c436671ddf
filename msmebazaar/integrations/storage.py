"""Files in the S3 object store, through django-storages. Links expire after a minute."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils.http import content_disposition_header


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


class FileStore:
    """Keeps, reads and removes files by key."""

    def __init__(self, backend: Storage) -> None:
        self.backend = backend

    def keep(self, key: str, content: bytes) -> StoredFile:
        """Never overwrites: a taken key gets a suffix."""
        return StoredFile(self.backend.save(key, ContentFile(content)), len(content))

    def replace(self, key: str, content: bytes) -> None:
        """Under exactly this key, whatever was there."""
        self.backend.delete(key)
        kept = self.keep(key, content)
        assert kept.key == key, "nobody else writes under this key"

    def size_of(self, key: str) -> int:
        """In bytes. FileNotFoundError when there is no such object."""
        return self.backend.size(key)

    def read(self, key: str) -> bytes:
        with self.backend.open(key) as stream:
            return bytes(stream.read())

    def exists(self, key: str) -> bool:
        return self.backend.exists(key)

    def remove(self, key: str) -> None:
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
        client = self.backend.connection.meta.client  # type: ignore[attr-defined]
        store = settings.OBJECT_STORE
        assert store is not None, "settings name the S3 backend only with a store"
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
        for found in self.backend.bucket.objects.filter(Prefix=prefix):  # type: ignore[attr-defined]
            yield Lying(found.key, found.size, found.last_modified)


def file_store() -> FileStore:
    return FileStore(default_storage)
