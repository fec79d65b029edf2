"""The launches of a text, each rewritten for another release, and offered only where that release takes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.engine.migration.images import new_image, pins, with_image
from vllm_doctor.engine.migration.one import Moved, OneLaunch
from vllm_doctor.engine.migration.origin import origin, pinned_in
from vllm_doctor.engine.migration.types import Migration, Obstacle
from vllm_doctor.engine.repair import without_secrets
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vllm_doctor.engine.migration.types import LaunchMigration
    from vllm_doctor.launch.types import Launch
    from vllm_doctor.repo.pins import Pin


MOST_LAUNCHES = 200
"""More launches of one text are not looked at: each is read again after every edit of the others."""


@dataclass(frozen=True)
class Migrator:
    """Moves launches to the release `target` of the table; `given` is the release that they are written for, where the
    user said it. `rope` looks up the rope parameters of a launch's model. With `pin` changed defaults are kept.
    """

    target: str
    given: str | None
    language: str
    rope: Callable[[Launch], dict[str, object] | None]
    pin: bool = False
    asked: Pin | None = None
    """What the project of the file asks of vLLM."""

    def migrate(
        self, text: str, file: str, found: Sequence[Launch], read: Callable[[str], Sequence[Launch]]
    ) -> Migration:
        """Every launch of a text in the words of the target, and the text with those that can be moved.

        `read` reads the launches of an edited text again; an edit after which they are not all found is dropped.
        """
        if self.asked is None and (installed := pinned_in(text, file)):
            return replace(self, asked=installed).migrate(text, file, found, read)
        held: dict[int, Obstacle] = {}
        while True:
            after, made = self._moved(text, found, file, read, held)
            left = self._left(made, read(after) if after != text else found)
            if not left:
                break
            held |= left
        last = read(after) if after != text else found
        launches = tuple(self._told(one, last[index]) for index, one in enumerate(made))
        notes = (*self._images(made, last), *self._config_files(found), *self._project(made), *self._beyond(found))
        return Migration(file, launches, text, after if after != text else None, notes)

    def _moved(
        self,
        text: str,
        found: Sequence[Launch],
        file: str,
        read: Callable[[str], Sequence[Launch]],
        held: dict[int, Obstacle],
    ) -> tuple[str, list[Moved]]:
        """The text with every launch moved but those that are held back, and what is said of each."""
        current = list(found)
        made: list[Moved] = []
        for index, launch in enumerate(found[:MOST_LAUNCHES]):
            moved = self._one(launch, current[index], file)
            again = read(moved.launch.text) if moved.launch.text != current[index].text else current
            if index in held:
                moved = moved.with_obstacle(held[index])
            elif len(again) == len(current):
                current = list(again)
            else:
                moved = moved.stuck("the file would hold other launches after this", "之后文件中的启动命令会不同")
            made.append(moved)
        after = current[0].text if current else text
        movable = [index for index, one in enumerate(made) if not one.answer.obstacles]
        for image in dict.fromkeys(made[index].before.image for index in movable if self._pinned(made[index])):
            new = new_image(image, self.target)
            after = with_image(after, image or "", new, read, movable) if new else after
        return after, made

    def _pinned(self, moved: Moved) -> bool:
        """Whether a launch runs in an image of the release that it comes from."""
        pinned = pins(moved.before.image)
        return pinned is not None and pinned == moved.answer.vllm_version != self.target

    def _left(self, made: list[Moved], last: Sequence[Launch]) -> dict[int, Obstacle]:
        """Launches that kept their old image because another one that shares it cannot be moved."""
        stuck = {one.before.image for one in made if one.answer.obstacles}
        en, zh = "another launch that cannot be moved has the same image", "使用同一镜像的另一个启动命令无法迁移"
        why = zh if self.language == "zh" else en
        return {
            index: Obstacle(one.before.image or "", why)
            for index, one in enumerate(made)
            if not one.answer.obstacles
            and self._pinned(one)
            and one.before.image in stuck
            and last[index].image == one.before.image
        }

    def _one(self, launch: Launch, now: Launch, file: str) -> Moved:
        begin = origin(launch, self.given, self.target, self.asked)
        rope = self.rope(launch) if any("rope" in word for word in launch.argv) else None
        return OneLaunch(begin, self.target, self.language, self.pin, rope).moved(now, file)

    def _told(self, moved: Moved, last: Launch) -> LaunchMigration:
        """The answer with the command as it stands at the end."""
        if moved.answer.obstacles:
            return replace(moved.answer, migrated=None)
        shown = without_secrets(last)
        return replace(moved.answer, migrated=shown.span.of(shown.text))

    def _images(self, made: list[Moved], last: Sequence[Launch]) -> tuple[str, ...]:
        """Images that only their owner can move: built by somebody, pinned by a digest, of another variant."""
        kept = [one for index, one in enumerate(made) if self._pinned(one) and last[index].image == one.before.image]
        images = dict.fromkeys(one.before.image for one in kept if not one.answer.obstacles)
        zh = self.language == "zh"
        return tuple(
            f"镜像 {image} 请手动改成 {self.target} 的"
            if zh
            else f"write the image {image} as that of {self.target} by hand"
            for image in images
        )

    def _project(self, made: Sequence[Moved]) -> tuple[str, ...]:
        """The project's own word for the old release, which is not this file's to change."""
        if self.asked is None or not any(one.answer.version_source == self.asked.file for one in made):
            return ()
        said = f"{self.asked.file}: vllm{self.asked.specifier}"
        zh = self.language == "zh"
        return (f"{said}：也请改成 {self.target}" if zh else f"{said}: make it {self.target} too",)

    def _beyond(self, found: Sequence[Launch]) -> tuple[str, ...]:
        if len(found) <= MOST_LAUNCHES:
            return ()
        zh = self.language == "zh"
        most = MOST_LAUNCHES
        return (f"只处理了前 {most} 个启动命令" if zh else f"only the first {most} launches were moved",)

    def _config_files(self, found: Sequence[Launch]) -> tuple[str, ...]:
        """Config files that a launch reads: they hold options as well."""
        files = dict.fromkeys(
            word.partition("=")[2] or nxt
            for launch in found
            for word, nxt in zip(launch.argv, (*launch.argv[1:], ""), strict=False)
            if word.partition("=")[0] == "--config"
        )
        zh = self.language == "zh"
        return tuple(
            f"{name} 也要迁移：它也含有选项" if zh else f"migrate {name} too: it holds options as well"
            for name in files
            if name
        )
