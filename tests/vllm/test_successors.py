from __future__ import annotations

from vllm_doctor import vllm
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.successors import predecessors
from vllm_doctor.vllm.table import load


def test_renamed_from_the_release_that_brings_the_new_flag() -> None:
    assert vllm.renamed("--guided_decoding_backend", "0.33.0") == (
        "--structured-outputs-config.backend",
        "0.11.0",
    )
    assert vllm.renamed("--guided-decoding-backend", "0.10.2") is None
    assert vllm.renamed("--swap-space", "0.33.0") == (None, "0.18.0")
    assert vllm.renamed("--max-model-len", "0.33.0") is None


def test_every_successor_is_true_of_the_table() -> None:
    for old, entry in load("successors").items():
        history = vllm.history(old) if old.startswith("-") else vllm.variable_history(old)
        assert history is not None, old
        assert entry["since"] in vllm.releases(), old
        assert entry["source"], old
        if entry["new"] is None:
            assert history.gone, f"{old} is not gone"
            assert all(entry["was"]), f"nobody learns what {old} was"
        elif not entry["new"].startswith("-"):
            assert vllm.variable(entry["new"], entry["since"]) is not None, old
        else:
            assert vllm.option(dashed(entry["new"]), entry["since"]) is not None, old


def test_keys_that_successors_name_exist() -> None:
    for old, entry in load("successors").items():
        flag, _, key = (entry["new"] or "").partition(".")
        if key := key or entry.get("key", ""):
            assert key in vllm.json_keys(flag, entry["since"]), old


def test_values_of_successors_are_taken() -> None:
    every = vllm.releases()
    for old, entry in load("successors").items():
        for value in (entry.get("value"), *entry.get("values", {}).values()):
            if value is not None:
                words = [entry["new"], value]
                if words[0].startswith("--structured-outputs-config"):  # its switches want a backend that has them
                    words += ["--structured-outputs-config.backend", "guidance"]
                models = {release: ["org/model"] if vllm.has_serve(release) else [] for release in every}
                later = every[every.index(entry["since"]) :]
                assert any(not vllm.check([*models[one], *words], one, suggest=False) for one in later), (old, value)


def test_predecessors_know_the_key() -> None:
    assert [one.old for one in predecessors("--mm-encoder-tp-mode")] == ["--enable-multimodal-encoder-data-parallel"]
    assert "--speculative-model" in [one.old for one in predecessors("--speculative-config.model")]
    assert predecessors("--max-model-len") == ()


def test_other_servers_flags_lead_to_flags_of_the_newest_release() -> None:
    newest = vllm.releases()[-1]
    for server, flags in load("dialects").items():
        for old, entry in flags.items():
            assert vllm.history(old) is None, f"{server}: vLLM has {old} itself"
            assert vllm.option(dashed(entry["new"]), newest) is not None, f"{server} {old}"


def test_elsewhere() -> None:
    found = vllm.elsewhere("--context_length")
    assert found is not None
    assert found.new == "--max-model-len"
    assert found.source.startswith("SGLang")
    assert vllm.elsewhere("--max-model-len") is None
