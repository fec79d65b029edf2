from __future__ import annotations

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.launch.hosted.strategies import VALUES, Case, cases
from tests.launch.strategies import arity
from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.edit import apply_to, remove_option, set_env, set_option
from vllm_doctor.launch.files import READERS, read_launches
from vllm_doctor.launch.options import find, options
from vllm_doctor.launch.types import Launch

NAMES = [
    "Dockerfile", "a.service", "a.container", "Makefile", "justfile", "a.md", "a.rst", "a.py", ".env", "a.ps1", "a.sh.j2",
    "a.service.j2", "Dockerfile.j2", "a.sh",
]  # fmt: skip
PARTS = st.lists(
    st.sampled_from(
        ["vllm serve m --port 1", "\n", "\\\n", " ", '"', "'", "`", "```bash\n", "```", "$", "$(", "${", "{{ x }}", "{% if a %}", "{% endif %}",
         "CMD ", "ENTRYPOINT [", "]", "FROM x\n", "ENV A=1\n", "ExecStart=", "[Service]\n", "Exec=", "Image=vllm/vllm-openai\n", "[Container]\n",
         "run:\n\t", "run:\n  ", "define x\n", "endef\n", "<<EOF\n", "EOF\n", "LLM(", "model=", ")", "from vllm import LLM\n", "[", ",", "f'", "os.system(",
         "$env:A = ", "@(", "#", "<#", "é", "\r\n", "\t", "    ", "> ", ".. code-block:: sh\n\n", "::\n\n", "VLLM_ARGS=", "\x00", "%", "@'\n", "'@\n"]
    ),
    max_size=14,
)  # fmt: skip


def only(case: Case) -> Launch:
    (launch,) = read_launches(case.text, case.file)
    return launch


@given(cases())
def test_every_kind_is_read_word_for_word(case: Case) -> None:
    launch = only(case)
    assert launch.argv == case.argv
    assert all(word.span.of(case.text) == word.raw for word in launch.words)
    assert not any(word.dynamic for word in launch.words)


@given(cases(), VALUES, st.sampled_from(["--max-model-len", "--x", "--new"]))
def test_set_changes_one_option_and_nothing_else(case: Case, value: str, flag: str) -> None:
    launch = only(case)
    try:
        edits = set_option(launch, arity, flag, value)
    except LaunchError:
        assume(False)
        return
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
    changed_at = option.index + (not option.glued) if option else len(launch.words)
    raws = [word.raw for word in launch.words]
    assert [word.raw for word in after.words][:changed_at] == raws[:changed_at]
    assert [word.raw for word in after.words][changed_at + (1 if option else 2) :] == raws[changed_at + 1 :]
    assert len(edits) <= 1
    assert set_option(after, arity, flag, value) == ()


@given(cases(), st.sampled_from(["--max-model-len", "--on", "-tp", "--x"]))
def test_remove_takes_every_occurrence_and_nothing_else(case: Case, flag: str) -> None:
    launch = only(case)
    try:
        edits = remove_option(launch, arity, flag)
    except LaunchError:
        assert "# note" in case.text or "# é" in case.text  # a comment stands between the words
        return
    after = apply_to(launch, edits)
    gone = {
        index
        for option in options(launch, arity)
        if option.flag == flag
        for index in range(option.index, option.index + 1 + (0 if option.glued else len(option.values)))
    }
    kept = [word for index, word in enumerate(launch.words) if index not in gone]
    assert [word.value for word in after.words] == [word.value for word in kept]
    assert [word.raw for word in after.words] == [word.raw for word in kept]
    assert all(edit.new == "" for edit in edits)


@pytest.mark.parametrize("name", NAMES)
@given(PARTS, st.text(max_size=20))
def test_no_file_raises_and_no_edit_touches_what_it_should_not(name: str, parts: list[str], more: str) -> None:
    text = "vllm " + "".join(parts) + more
    for launch in read_launches(text, name):
        assert launch.text == text
        assert launch.line == text.count("\n", 0, launch.span.start) + 1
        with contextlib.suppress(LaunchError):
            edits = set_option(launch, arity, "--port", "4321")
            after = apply_to(launch, edits)
            assert "4321" in after.argv or "--port=4321" in after.argv
        with contextlib.suppress(LaunchError):
            assert apply_to(launch, set_env(launch, "VLLM_NEW", "a b")).argv == launch.argv


def test_each_reader_that_writes_says_so() -> None:
    assert all(hasattr(reader, "writer") or reader.name == "shell" for reader in READERS)
