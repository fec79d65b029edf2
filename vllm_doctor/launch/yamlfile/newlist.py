"""Arguments for a container that has none yet: the first makes the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.yamlfile.hosts import FixedHost
from vllm_doctor.launch.yamlfile.items import after_line, line_start
from vllm_doctor.launch.yamlfile.writing import double

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.tree import Node


class NewList(FixedHost):
    """No words yet; new ones go into a flow list under `key`, below the line of the image."""

    def __init__(self, text: str, owner: Node | None, key: str) -> None:
        super().__init__(())
        self.text, self.owner, self.key = text, owner, key

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """The key with its list."""
        pairs = self.owner.pairs if self.owner and not self.owner.flow else []
        image = next(((key, value) for key, value in pairs if key.value == "image" and value.kind == "scalar"), None)
        if image is None or any(isinstance(value, Raw) or "$" in value for value in values):
            return
        lead = self.text[line_start(self.text, image[0].start) : image[0].start].replace("-", " ")
        if not lead.strip(" "):
            listed = ", ".join(double(value) for value in values)
            yield (after_line(self.text, image[1].end, [f"{lead}{self.key}: [{listed}]"]),)
