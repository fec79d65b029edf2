"""vLLM's config file (`vllm serve --config FILE`): its keys as options, and a launch that names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.programs import SERVE
from vllm_doctor.launch.types import Launch
from vllm_doctor.launch.yamlfile.beside import read_beside
from vllm_doctor.launch.yamlfile.keyed import KeyHost, KeyWord, words_of_key
from vllm_doctor.launch.yamlfile.site import YamlSite
from vllm_doctor.launch.yamlfile.tree import Node, read_yaml
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Span
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = pattern(r"[A-Za-z][\w.-]*")
_TELLING = frozenset(
    """
    model served-model-name tensor-parallel-size max-model-len gpu-memory-utilization max-num-seqs dtype
    max-num-batched-tokens pipeline-parallel-size kv-cache-dtype enable-prefix-caching trust-remote-code
    quantization enforce-eager tool-call-parser reasoning-parser speculative-config compilation-config
    """.split()
)


def looks_like_config(node: Node) -> bool:
    """Whether a map is vLLM's configuration: at least two keys tell so, and all but a few are options of vLLM."""
    from vllm_doctor.vllm import arity

    if node.kind != "map" or len(node.pairs) < 2:
        return False
    keys = [key.value for key, _ in node.pairs if key.kind == "scalar"]
    telling = _TELLING & {key.replace("_", "-") for key in keys}
    if len(telling) < 2 or telling == {"model", "dtype"} or not all(_KEY.fullmatch(key) for key in keys):
        return False
    unknown = [key for key in keys if arity("--" + key.replace("_", "-")) is None]
    return len(unknown) * 4 <= len(keys)


def config_words(text: str, node: Node) -> list[KeyWord]:
    """The arguments that vLLM makes of the file, in its order; `key: false` is `--no-key` where that exists."""
    from vllm_doctor.vllm import arity

    made: list[KeyWord] = []
    for key, value in node.entries().values():
        negative = _negative(key.value)
        known = arity(negative.replace("_", "-")) is not None
        made += words_of_key(text, f"--{key.value}", key, value, negative if known else None)
    return made


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The file that a launch's `--config` names, read: its words, and where its option stands in the arguments.

    `glued` is true for `--config=FILE`, which vLLM takes and never reads (FlexibleArgumentParser.parse_args asks for
    the word `--config`, 0.6.0 to 0.33.0).
    """

    name: str
    at: int
    glued: bool
    words: tuple[KeyWord, ...]
    node: Node

    @property
    def off(self) -> tuple[KeyWord, ...]:
        """The words of keys that say `false`."""
        return tuple(one for one in self.words if one.node is None and one.word.value == _negative(one.word.raw))


def _negative(key: str) -> str:
    return f"--no-{key}"


def config_file(launch: Launch) -> ConfigFile | None:
    """The config file of a launch; None where it names none, or one that may not be read (`read_beside`)."""
    argv = launch.argv
    at = next((index for index, word in enumerate(argv) if word == "--config" or word.startswith("--config=")), None)
    if at is None:
        return None
    glued = argv[at].startswith("--config=")
    named = argv[at][9:] if glued else argv[at + 1] if at + 1 < len(argv) else ""
    text = read_beside(launch.file, named) if named.endswith((".yaml", ".yml")) else None
    documents = read_yaml(text) if text else []
    if text is None or len(documents) != 1 or documents[0].kind != "map":
        return None
    return ConfigFile(named, at, glued, tuple(config_words(text, documents[0])), documents[0])


def argv_with_config(launch: Launch) -> tuple[str, ...] | None:
    """The launch's arguments with its config file's put in, as vLLM does it; None where no such file can be read.

    They come right after the model, so that what stands on the command line wins (argparse_utils.py,
    _pull_args_from_config, 0.32.0). A file is read only below the folder of the launch's own.
    """
    found = config_file(launch)
    return None if found is None else with_words(launch.argv, found, [one.word.value for one in found.words])


def with_words(argv: Sequence[str], config: ConfigFile, added: Sequence[str]) -> tuple[str, ...]:
    """The arguments with words of the config file in the place of `--config FILE`."""
    rest = [*argv[: config.at], *argv[config.at + (1 if config.glued else 2) :]]
    head = 1 if rest and not rest[0].startswith("-") and config.at > 0 else 0
    return (*rest[:head], *added, *rest[head:])


def config_sites(text: str, file: str, kind: str) -> list[YamlSite]:
    """The launch that a config file describes, with the keys that spell it."""
    documents = read_yaml(text)
    if len(documents) != 1 or documents[0].kind != "map":
        return []
    node = documents[0]
    host = KeyHost(text, node, config_words(text, node), _spelled)
    span = Span(node.start, node.end)
    line = text.count("\n", 0, span.start) + 1
    launch = Launch(SERVE, host.words, text, span, file, line, kind)
    return [YamlSite(launch, (host,), documents)]


def _spelled(flag: str) -> str | None:
    """The key for a flag."""
    return flag[2:] if flag.startswith("--") and "." not in flag else None
