from __future__ import annotations

from vllm_doctor.vllm.any_release import canonical, spellings


def test_a_spelling_of_any_release_has_its_canonical_flag() -> None:
    assert canonical("-tp") == "--tensor-parallel-size"
    assert canonical("--swap_space") == "--swap-space"
    assert canonical("--no-such-flag") is None
    assert canonical("--max-model-l") is None


def test_spellings_are_those_that_say_the_same() -> None:
    assert set(spellings("-tp")) == {"-tp", "--tensor-parallel-size"}
    assert "--no-enable-prefix-caching" not in spellings("--enable-prefix-caching")
    assert spellings("--no-such-flag") == ("--no-such-flag",)


def test_the_other_side_of_a_switch_is_no_spelling_of_it() -> None:
    # 0.33.0 pairs --enable-x with --disable-x
    assert "--disable-prefix-caching" not in spellings("--enable-prefix-caching")
    assert "--enable-prefix-caching" not in spellings("--no-enable-prefix-caching")
    assert "--disable-prefix-caching" in spellings("--no-enable-prefix-caching")


def test_a_dotted_key_is_spelled_with_every_head() -> None:
    assert set(spellings("--compilation_config.mode")) == {"--compilation-config.mode", "-O.mode", "-cc.mode"}
