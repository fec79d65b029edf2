"""Files that shell scripts write: units, compose files, Dockerfiles and the like in here-documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.hosted.documents import KIND, DocumentSite, DocumentWriter, documents, placed

if TYPE_CHECKING:
    from vllm_doctor.launch.files import Reader
    from vllm_doctor.launch.types import Launch

name = KIND
_OTHERS = frozenset({"shell", "vllm-config", KIND})
"""A config file is no launch of its own where a script writes it: the script's `vllm serve --config` is."""


def claims(file: str, text: str) -> bool:
    """No file is one: the shell's reader asks for those of its text."""
    return False


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches in the here-documents of a shell script that are no shell text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> DocumentWriter:
    """What edits a launch in a here-document.

    Raises:
        LaunchError: it does not stand in its text, or its kind is not edited.
    """
    found = sites(launch.text, launch.file)
    index = next((at for at, site in enumerate(found) if site.launch == launch), None)
    reader = _reader(found[index]) if index is not None else None
    made = getattr(reader, "writer", None)
    if index is None or made is None:
        raise LaunchError("this launch cannot be edited", launch.file, "Make the change by hand.")
    return DocumentWriter(found[index], index, made(found[index].inner), lambda text: sites(text, launch.file))


def sites(text: str, file: str) -> list[DocumentSite]:
    """The launches with the places at which they may be edited."""
    found: list[DocumentSite] = []
    if "vllm" not in text.lower() and "api_server" not in text:
        return found
    for document in documents(text):
        inner = document.view.source.inner
        beside = file.replace("\\", "/").rpartition("/")
        path = f"{beside[0]}{beside[1]}{document.name}"
        reader = _reader_of(path, inner)
        launches = reader.read(inner, path) if reader else ()
        found += [placed(document, launch, file) for launch in launches]
    return found


def _reader_of(path: str, text: str) -> Reader | None:
    from vllm_doctor.launch import files

    found = files.reader_of(path, text)
    return None if found is None or found.name in _OTHERS else found


def _reader(site: DocumentSite) -> Reader | None:
    return _reader_of(site.inner.file, site.inner.text)
