from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.launch.strategies import VALUES, Case, arity, cases
from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.edit import Raw, apply_to, remove_option, set_env, set_option, unset_env
from vllm_doctor.launch.options import find, options
from vllm_doctor.launch.parser import parse_command_line, parse_shell
from vllm_doctor.launch.types import Launch
from vllm_doctor.text import Edit


def only(text: str) -> Launch:
    (launch,) = parse_shell(text)
    return launch


def env_of(launch: Launch) -> dict[str, str | None]:
    return {variable.name: variable.value for variable in launch.env}


def edited(text: str, edit: Callable[[Launch], Sequence[Edit]]) -> str:
    launch = only(text)
    return apply_to(launch, edit(launch)).text


@given(cases(), VALUES, st.sampled_from(["--max-model-len", "--x", "--new"]))
def test_set_changes_one_value_and_nothing_else(case: Case, value: str, flag: str) -> None:
    launch = only(case.text)
    edits = set_option(launch, arity, flag, value)
    after = apply_to(launch, edits)
    option = find(launch, arity, flag)
    expected = list(launch.argv)
    if option is None:
        expected += [flag, value]
    elif option.glued:
        expected[option.index] = f"{option.written}={value}"
    else:
        expected[option.index + 1] = value
    assert list(after.argv) == expected
    assert env_of(after) == env_of(launch)
    changed_at = option.index + (not option.glued) if option else len(launch.words)
    raws = [word.raw for word in launch.words]
    assert [word.raw for word in after.words][:changed_at] == raws[:changed_at]
    assert [word.raw for word in after.words][changed_at + (1 if option else 2) :] == raws[changed_at + 1 :]
    assert len(edits) <= 1
    assert set_option(after, arity, flag, value) == ()


@given(cases(), st.sampled_from(["--max-model-len", "--on", "--list", "-tp", "--config.key_a"]))
def test_remove_takes_every_occurrence_and_nothing_else(case: Case, flag: str) -> None:
    launch = only(case.text)
    edits = remove_option(launch, arity, flag)
    after = apply_to(launch, edits)
    gone = {
        index
        for option in options(launch, arity)
        if option.flag == flag
        for index in range(option.index, option.index + 1 + (0 if option.glued else len(option.values)))
    }
    assert list(after.argv) == [word for index, word in enumerate(launch.argv) if index not in gone]
    assert [word.raw for word in after.words] == [
        word.raw for index, word in enumerate(launch.words) if index not in gone
    ]
    assert env_of(after) == env_of(launch)
    assert all(edit.new == "" for edit in edits)
    assert remove_option(after, arity, flag) == ()


@given(cases(), VALUES, st.sampled_from(["VX", "NEW"]))
def test_set_env_changes_one_variable_and_nothing_else(case: Case, value: str, name: str) -> None:
    launch = only(case.text)
    after = apply_to(launch, set_env(launch, name, value))
    assert env_of(after) == {**env_of(launch), name: value}
    assert after.argv == launch.argv
    assert set_env(after, name, value) == ()


@given(cases(), st.sampled_from(["VX", "NEW"]))
def test_unset_env_takes_one_variable_and_nothing_else(case: Case, name: str) -> None:
    launch = only(case.text)
    after = apply_to(launch, unset_env(launch, name))
    assert env_of(after) == {key: value for key, value in env_of(launch).items() if key != name}
    assert after.argv == launch.argv


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("vllm serve m --max_model_len=4096 --x", "8", "vllm serve m --max_model_len=8 --x"),
        ("vllm serve m --max-model-len  '4096'", "8", "vllm serve m --max-model-len  '8'"),
        ('vllm serve m --max-model-len="$L" &', "8", 'vllm serve m --max-model-len="8" &'),
        ('vllm serve m "--max-model-len=4096"', "a b", 'vllm serve m "--max-model-len=a b"'),
        ("vllm serve m --max-model-len 4096 # x", "a b", "vllm serve m --max-model-len 'a b' # x"),
        ("vllm serve m --max-model-len '4'", "it's", "vllm serve m --max-model-len 'it'\"'\"'s'"),
        ("vllm serve m --max-model-len 1 --max_model_len 2", "3", "vllm serve m --max-model-len 1 --max_model_len 3"),
        ("vllm serve m", "8", "vllm serve m --max-model-len 8"),
        ("vllm serve m > log &", "8", "vllm serve m --max-model-len 8 > log &"),
        ("vllm serve m \\\n  --on\n", "8", "vllm serve m \\\n  --on \\\n  --max-model-len 8\n"),
        ("vllm serve m \\\r\n\t--on\r\n", "8", "vllm serve m \\\r\n\t--on \\\r\n\t--max-model-len 8\r\n"),
        ("vllm serve m \\\n  --on \\\n\n", "8", "vllm serve m \\\n  --on \\\n  --max-model-len 8 \\\n\n"),
        ("vllm serve m \\\n  --on # c\n", "8", "vllm serve m \\\n  --on \\\n  --max-model-len 8 # c\n"),
        ("A=(--on)\nvllm serve m \"${A[@]}\"", "8", 'A=(--on)\nvllm serve m "${A[@]}" --max-model-len 8'),
        ("A=(--max-model-len 1)\nvllm serve \"${A[@]}\"", "8", 'A=(--max-model-len 8)\nvllm serve "${A[@]}"'),
        ("bash -c 'vllm serve m'", "a b", "bash -c 'vllm serve m --max-model-len '\\''a b'\\'''"),
        ('bash -c "vllm serve m"', "$x", "bash -c \"vllm serve m --max-model-len '\\$x'\""),
        ("vllm serve m -- x", None, None),
        ("$ vllm serve m", "8", None),
    ],
)  # fmt: skip
def test_set_keeps_spelling_quotes_and_layout(before: str, value: str | None, after: str | None) -> None:
    if value is None:
        with pytest.raises(LaunchError):
            set_option(only(before), arity, "--max-model-len", "8")
    elif after is None:
        launch = parse_command_line(before)
        assert launch is not None
        assert (
            apply_to(launch, set_option(launch, arity, "--max-model-len", value)).text == f"{before} --max-model-len 8"
        )
    else:
        assert edited(before, lambda launch: set_option(launch, arity, "--max-model-len", value)) == after


def test_set_by_an_alias_keeps_the_users_spelling() -> None:
    text = edited(
        "vllm serve m -tp 2", lambda launch: set_option(launch, arity, "--tensor-parallel-size", "4", ("-tp",))
    )
    assert text == "vllm serve m -tp 4"


def test_flags_without_a_value_and_with_several() -> None:
    launch = only("vllm serve m --list a b --maybe 1")
    assert apply_to(launch, set_option(launch, arity, "--on", None)).argv[-1] == "--on"
    assert apply_to(launch, set_option(launch, arity, "--maybe", None)).text == "vllm serve m --list a b --maybe"
    for values, text in {("c",): "c", ("a", "b", "c"): "a b c", ("x", "y"): "x y"}.items():
        after = apply_to(launch, set_option(launch, arity, "--list", values))
        assert after.text == f"vllm serve m --list {text} --maybe 1"
    assert set_option(launch, arity, "--list", ("a", "b")) == ()


def test_a_raw_value_is_not_quoted() -> None:
    launch = only('bash -c "vllm serve m --api-key x"')
    edits = set_option(launch, arity, "--api-key", Raw('"${K:?}"'))
    assert apply_to(launch, edits).text == 'bash -c "vllm serve m --api-key \\"${K:?}\\""'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("vllm serve m --x 1 --on", "vllm serve m --on"),
        ("vllm serve m --x 1", "vllm serve m"),
        ("vllm serve --x 1 m", "vllm serve m"),
        ("vllm serve m \\\n  --x 1 \\\n  --on\n", "vllm serve m \\\n  --on\n"),
        ("vllm serve m \\\n  --on \\\n  --x 1\n", "vllm serve m \\\n  --on\n"),
        ("vllm serve m \\\n  --on --x 1 \\\n  --y 2\n", "vllm serve m \\\n  --on \\\n  --y 2\n"),
        ("vllm serve m \\\n  --x 1 --on \\\n  --y 2\n", "vllm serve m \\\n  --on \\\n  --y 2\n"),
        ("vllm serve m \\\n  --x \\\n    1 \\\n  --y 2\n", "vllm serve m \\\n  --y 2\n"),
        ("vllm serve m \\\n  --on \\\n  --x 1 \\\n\n", "vllm serve m \\\n  --on \\\n\n"),
        ("vllm serve m \\\n  --on \\\n  --x 1 # c\n", "vllm serve m \\\n  --on # c\n"),
        ("vllm serve m --x 1 --x=2 --on &", "vllm serve m --on &"),
        ("A=(\n  m\n  --x 1 # c\n  --on\n)\nvllm serve \"${A[@]}\"\n", "A=(\n  m # c\n  --on\n)\nvllm serve \"${A[@]}\"\n"),
        ("A=(--x 1 m)\nvllm serve \"${A[@]}\"", "A=(m)\nvllm serve \"${A[@]}\""),
        ("A=(m # c\n  --x 1)\nvllm serve \"${A[@]}\"", "A=(m # c\n  )\nvllm serve \"${A[@]}\""),
        ("bash -c 'vllm serve m --x 1'", "bash -c 'vllm serve m'"),
    ],
)  # fmt: skip
def test_remove_leaves_a_valid_layout(before: str, after: str) -> None:
    assert edited(before, lambda launch: remove_option(launch, arity, "--x")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("vllm serve m", "VX='a b' vllm serve m"),
        ("A=1 vllm serve m", "A=1 VX='a b' vllm serve m"),
        ("VX=1 vllm serve m", "VX='a b' vllm serve m"),
        ('VX="1" vllm serve m', 'VX="a b" vllm serve m'),
        ("env A=1 vllm serve m", "env A=1 VX='a b' vllm serve m"),
        ("sudo -E vllm serve m", "sudo -E VX='a b' vllm serve m"),
        ("exec vllm serve m", "VX='a b' exec vllm serve m"),
        ("nohup vllm serve m &", "VX='a b' nohup vllm serve m &"),
        ("cd x && vllm serve m", "cd x && VX='a b' vllm serve m"),
        ("if vllm serve m; then", "if VX='a b' vllm serve m; then"),
        ("export VX=1\nvllm serve m", "export VX='a b'\nvllm serve m"),
        ("export VX=1\necho $VX\nvllm serve m", "export VX=1\necho $VX\nVX='a b' vllm serve m"),
        ("docker run vllm/vllm-openai --model m", "docker run -e VX='a b' vllm/vllm-openai --model m"),
        (
            "docker run \\\n  --rm \\\n  vllm/vllm-openai --model m",
            "docker run \\\n  --rm \\\n  -e VX='a b' \\\n  vllm/vllm-openai --model m",
        ),
        ("docker run -e VX=1 vllm/vllm-openai", "docker run -e VX='a b' vllm/vllm-openai"),
        ("docker run -eVX=1 vllm/vllm-openai", "docker run -eVX='a b' vllm/vllm-openai"),
        ("docker run --env=VX=1 vllm/vllm-openai", "docker run --env=VX='a b' vllm/vllm-openai"),
        ("docker run --env 'VX=1' vllm/vllm-openai", "docker run --env 'VX=a b' vllm/vllm-openai"),
        ("docker run -e VX vllm/vllm-openai", "docker run -e VX='a b' vllm/vllm-openai"),
    ],
)
def test_set_env_where_it_belongs(before: str, after: str) -> None:
    assert edited(before, lambda launch: set_env(launch, "VX", "a b")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("VX=1 vllm serve m", "vllm serve m"),
        ("A=1 VX=1 \\\n  vllm serve m", "A=1 vllm serve m"),
        ("env VX=1 vllm serve m", "env vllm serve m"),
        ("vllm serve m", "env -u VX vllm serve m"),
        ("exec vllm serve m", "exec env -u VX vllm serve m"),
        ("sudo -E vllm serve m", "sudo -E env -u VX vllm serve m"),
        ("export VX=1\nvllm serve m", "vllm serve m"),
        ("export A=1 VX=1\nvllm serve m", "export A=1\nvllm serve m"),
        ("export VX=1\necho $VX\nvllm serve m", "export VX=1\necho $VX\nenv -u VX vllm serve m"),
        ("export VX=1 && vllm serve m", "export VX=1 && env -u VX vllm serve m"),
        ("export VX=1\nVX=2 vllm serve m", "export VX=1\nVX=2 env -u VX vllm serve m"),
        ("docker run -e VX=1 vllm/vllm-openai", "docker run vllm/vllm-openai"),
        ("docker run --env=VX=1 vllm/vllm-openai", "docker run vllm/vllm-openai"),
        (
            "docker run \\\n  -e VX=1 \\\n  --rm \\\n  vllm/vllm-openai",
            "docker run \\\n  --rm \\\n  vllm/vllm-openai",
        ),
        ("docker run vllm/vllm-openai", "env -u VX docker run -e VX vllm/vllm-openai"),
        ("podman run vllm/vllm-openai", "podman run --unsetenv=VX vllm/vllm-openai"),
        ("docker run img bash -c 'vllm serve m'", "docker run img bash -c 'env -u VX vllm serve m'"),
    ],
)
def test_unset_env_where_it_belongs(before: str, after: str) -> None:
    assert edited(before, lambda launch: unset_env(launch, "VX")) == after


def test_nerdctl_has_no_way_to_unset_a_variable_of_an_image() -> None:
    with pytest.raises(LaunchError):
        unset_env(only("nerdctl run vllm/vllm-openai"), "VX")


def test_what_two_launches_share_is_changed_for_one_only() -> None:
    text = 'export VX=1\nA=(--x 1)\nvllm serve m "${A[@]}"\nvllm serve n "${A[@]}"\n'
    one, two = parse_shell(text)
    after = apply_to(two, set_env(two, "VX", "2"))
    assert after.text == text.replace("vllm serve n", "VX=2 vllm serve n")
    with pytest.raises(LaunchError):
        remove_option(one, arity, "--x")
    with pytest.raises(LaunchError):
        set_option(one, arity, "--x", "2")


def test_edits_of_one_launch_leave_the_others_alone() -> None:
    text = "vllm serve m --x 1\nvllm serve n --x 1\n"
    _, two = parse_shell(text)
    assert apply_to(two, set_option(two, arity, "--x", "2")).text == "vllm serve m --x 1\nvllm serve n --x 2\n"


def test_an_edit_that_would_open_a_quote_is_refused() -> None:
    launch = only("bash -c 'vllm serve m --x='\"'\"'1'\"'\"''")
    assert launch.argv == ("m", "--x=1")
    with pytest.raises(LaunchError):
        set_option(launch, arity, "--x", "2")


def test_a_launch_that_went_away_is_an_error() -> None:
    launch = only("vllm serve m")
    with pytest.raises(LaunchError):
        apply_to(launch, [Edit(launch.span, "true")])


def test_a_launch_of_another_text_is_an_error() -> None:
    one, two = only("vllm serve m"), only("vllm serve n")
    with pytest.raises(LaunchError):
        set_option(Launch(one.program, one.words, two.text, one.span, env=one.env), arity, "--x", "1")
