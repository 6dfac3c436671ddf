"""Files in the S3 object store, through django-storages. Links expire after a minute."""

from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage


@dataclass(frozen=True)
class StoredFile:
    """`key` is where it lies, which differs from the wanted key when that was taken."""

    key: str
    size: int


class FileStore:
    """Keeps, reads and removes files by key."""

    def __init__(self, backend: Storage) -> None:
        self.backend = backend

    def keep(self, key: str, content: bytes) -> StoredFile:
        """Never overwrites: a taken key gets a suffix."""
        return StoredFile(self.backend.save(key, ContentFile(content)), len(content))

    def read(self, key: str) -> bytes:
        with self.backend.open(key) as stream:
            return bytes(stream.read())

    def exists(self, key: str) -> bool:
        return self.backend.exists(key)

    def remove(self, key: str) -> None:
        self.backend.delete(key)

    def short_link(self, key: str) -> str:
        """A presigned download, valid for a minute; check rights before handing it out."""
        return str(self.backend.url(key))


def file_store() -> FileStore:
    return FileStore(default_storage)
