"""A gated model whose token is nowhere to be seen in a container that shows all that it is given."""

from __future__ import annotations

from vllm_doctor.facts.around import HOLDER, LOGS_IN, MORE_VARIABLES, MOUNTS, NAMED
from vllm_doctor.facts.deployment import MODEL
from vllm_doctor.facts.types import Facts, declare, derived

UNSEEN = declare(
    "around.token_unseen", "flag", "whether a container serves a gated model without token, cache or mirror"
)

_CONTAINERS = ("docker", "compose", "pod", "quadlet")
_SETTLED = (
    *("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN", "HF_API_TOKEN", "HF_TOKEN_PATH"),
    *("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE", "XDG_CACHE_HOME"),
    *("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_ENDPOINT", "VLLM_USE_MODELSCOPE"),
)
"""Variables that bring a token, files that are there already, or another hub (huggingface_hub/constants.py)."""
_OPTIONS = ("args.hf_token", "args.download_dir", "args.load_format", "args.config")
_CACHES = ("huggingface", ".cache", "/root", "/home")


@derived(UNSEEN)
def token_unseen(facts: Facts) -> bool | None:
    """Only of containers: what runs in a shell or a unit may find a token in its user's environment and home."""
    from vllm_doctor.model.gated import is_gated

    model = facts.text(MODEL)
    mounts = facts.text(MOUNTS)
    if facts.text(HOLDER) not in _CONTAINERS or not model or mounts is None or facts.get(MORE_VARIABLES) is not False:
        return None
    if any(name in facts for name in _OPTIONS) or _named(facts) or facts.get(LOGS_IN) is True:
        return False
    if any(cache in place for place in mounts.split("\n") for cache in _CACHES):
        return False
    return is_gated(model)


def _named(facts: Facts) -> bool:
    """Whether one of those variables is set; one without a value here (a secret's) counts, too."""
    given = (facts.text(NAMED) or "").split()
    return any(name in given for name in _SETTLED)
