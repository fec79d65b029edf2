from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.launch.strategies import Case, arity, cases
from vllm_doctor.launch.parser import model_of, parse_command_line, parse_shell
from vllm_doctor.launch.types import Launch

SHELL_WORDS = st.sampled_from(
    ["vllm serve ", "m ", "--a ", "'", '"', "$(", "`", "\\\n", "\n", "; ", "docker run ", "-e ", "A=b ", "bash -c ",
     "vllm/vllm-openai:latest ", "ARGS=(", ")", '"${ARGS[@]}" ', "eval ", "$CMD ", "CMD=", "<<EOF\n", "EOF\n", "env ",
     "-u ", "sudo ", "#", "if ", "fi\n", "cat > a.sh ", "'vllm serve m --x 1' ", "\\ ", "\r\n", "tmux send-keys "]
)  # fmt: skip


def only(text: str) -> Launch:
    (launch,) = parse_shell(text)
    return launch


def env_of(launch: Launch) -> dict[str, str | None]:
    return {variable.name: variable.value for variable in launch.env}


@given(cases())
def test_any_launch_is_read_as_its_words(case: Case) -> None:
    launch = only(case.text)
    assert launch.argv == case.argv
    assert env_of(launch) == case.env
    assert launch.program == "vllm serve"


@given(st.lists(SHELL_WORDS, max_size=14).map("".join) | st.text())
def test_no_text_raises_and_every_word_stands_where_it_says(text: str) -> None:
    for launch in parse_shell(text):
        assert launch.text == text
        assert all(word.raw == word.span.of(text) for word in launch.words)
    parse_command_line(text)


@pytest.mark.parametrize(
    "before",
    [
        "vllm", "/opt/venv/bin/vllm", "exec vllm", "nohup vllm", "sudo -E vllm", "sudo -u me -E vllm", "env A=b vllm",
        "env -u X vllm", "time vllm", "timeout 60 vllm", "timeout -k 5 60 vllm", "uv run vllm", "uv run --with x vllm",
        "numactl --interleave=all vllm", "numactl -N 0 -m 0 vllm", "A=b vllm", "conda run -n env vllm", "srun --gres=gpu:2 vllm",
        '"$VLLM_BIN"', "cd x && vllm", "if vllm", "{ vllm", "( vllm", "taskset -c 0-3 vllm", "poetry run vllm", "! vllm",
        "nohup env A=b vllm", "${VENV}/bin/vllm", "docker exec -it box vllm", "singularity exec --nv x.sif vllm",
        "python -m vllm.entrypoints.cli.main",
    ],
)  # fmt: skip
def test_vllm_serve_behind_wrappers(before: str) -> None:
    launch = only(f"{before} serve m --port 1")
    assert (launch.program, launch.argv) == ("vllm serve", ("m", "--port", "1"))


@pytest.mark.parametrize(
    "program",
    [
        "python -m vllm.entrypoints.openai.api_server",
        "python3 -m vllm.entrypoints.openai.api_server",
        "/usr/bin/python3.11 -u -X dev -m vllm.entrypoints.openai.api_server",
        "python -m vllm.entrypoints.api_server",
        '"$PYTHON" -m vllm.entrypoints.openai.api_server',
        "python vllm/entrypoints/openai/api_server.py",
        "CUDA_VISIBLE_DEVICES=0 nohup python -m vllm.entrypoints.openai.api_server",
    ],
)
def test_the_api_server_module(program: str) -> None:
    launch = only(f"{program} --model m &")
    assert (launch.program, launch.argv) == ("api_server", ("--model", "m"))


@pytest.mark.parametrize(
    "text",
    [
        'pkill -f "vllm serve"',
        "pkill -f vllm serve",
        "pgrep -af 'vllm serve m'",
        "echo vllm serve m",
        'echo "vllm serve m"',
        "# vllm serve m",
        "pip install vllm",
        "vllm bench serve --model m",
        "vllm chat",
        "grep -r 'vllm serve' .",
        "python -c 'import vllm'",
        "python -m vllm.entrypoints.openai.run_batch",
        "vllm",
        "CMD='vllm serve m'",
        "alias v='vllm serve'",
        "docker pull vllm/vllm-openai:latest",
        "docker run -it rocm/vllm:latest bash",
        "docker run ubuntu vllm-ls",
        "docker stop vllm",
        "cat <<EOF\nvllm serve m\nEOF",
        "ps aux | grep vllm serve",
        "unset vllm serve",
        "for x in vllm serve; do true; done",
        "bash start.sh vllm serve",
    ],
)
def test_look_alikes_are_no_launches(text: str) -> None:
    assert parse_shell(text) == ()


def test_redirections_and_what_follows_are_no_arguments() -> None:
    assert only("vllm serve m --a 1 > log 2>&1 & echo $!").argv == ("m", "--a", "1")
    assert only("vllm serve m 2>&1 | tee log").argv == ("m",)
    assert only("vllm serve m > log --a 1 # c").argv == ("m", "--a", "1")


def test_variables_are_left_as_written_and_said_to_be_dynamic() -> None:
    launch = only('vllm serve $MODEL --port "${PORT:-8000}" --host $(hostname -i | head -1)')
    assert launch.argv == ("$MODEL", "--port", "${PORT:-8000}", "--host", "$(hostname -i | head -1)")
    assert [word.dynamic for word in launch.words] == [True, False, True, False, True]


def test_the_environment_is_what_the_text_sets_for_this_process() -> None:
    text = (
        "A=1\nexport B=2 C=3\nexport A\nunset C\nD=4\nset -a\nE=5\nset +a\nF=6\nexport G='$x'\n"
        "B=7 env -u E H=8 vllm serve m"
    )
    launch = only(text)
    assert env_of(launch) == {"B": "7", "A": "1", "G": "$x", "H": "8"}
    assert {variable.name: variable.how for variable in launch.env} == {
        "B": "prefix", "A": "export", "G": "export", "H": "env",
    }  # fmt: skip
    assert {variable.span.of(text) for variable in launch.env} == {"B=7", "A=1", "G='$x'", "H=8"}


def test_a_later_launch_sees_later_exports() -> None:
    one, two = parse_shell("export A=1\nvllm serve m\nexport A=2\nvllm serve n\n")
    assert (env_of(one), env_of(two)) == ({"A": "1"}, {"A": "2"})
    assert (one.line, two.line) == (2, 4)


def test_arrays_of_the_text_are_spliced_in_and_keep_their_places() -> None:
    text = 'ARGS=(\n  --a 1 # x\n  --b "c d"\n)\nARGS+=(--e)\nvllm serve m "${ARGS[@]}" "$@"\n'
    launch = only(text)
    assert launch.argv == ("m", "--a", "1", "--b", "c d", "--e", "$@")
    assert [word.span.of(text) for word in launch.words][4] == '"c d"'


def test_what_an_array_gets_under_a_condition_is_not_spliced_in() -> None:
    text = 'A=(m)\nif x; then\n  A+=(--b)\nfi\n[ -n "$Y" ] && A+=(--c)\nvllm serve "${A[@]}"'
    assert only(text).argv == ("m",)


def test_an_array_with_two_conditional_contents_stays_as_written() -> None:
    text = 'if x; then A=(m); else A=(n); fi\nvllm serve "${A[@]}"'
    assert only(text).argv == ("${A[@]}",)


def test_the_default_idiom_for_empty_arrays() -> None:
    assert only('A=(--x 1)\nvllm serve m ${A[@]+"${A[@]}"}').argv == ("m", "--x", "1")


def test_a_whole_command_in_an_array() -> None:
    launch = only('CMD=(vllm serve m)\nCMD+=(--a 1)\nexec "${CMD[@]}"')
    assert launch.argv == ("m", "--a", "1")


@pytest.mark.parametrize(
    "text",
    [
        "bash -c 'cd x; vllm serve m --a \"b c\"'",
        "bash -lc \"vllm serve m --a 'b c'\"",
        "bash -euo pipefail -c \"vllm serve m --a 'b c'\"",
        "eval \"vllm serve m --a 'b c'\"",
        "ssh host \"vllm serve m --a 'b c'\"",
        "tmux send-keys -t x \"vllm serve m --a 'b c'\" C-m",
        'CMD="vllm serve m --a \'b c\'"\neval "$CMD"',
        'CMD="vllm serve m --a \'b c\'"\nbash -c "${CMD}" &',
        "CMD=\"vllm serve m --a 'b c'\"\n$CMD",
        "bash <<'EOF'\nvllm serve m --a 'b c'\nEOF",
        "cat > start.sh <<'EOF'\nvllm serve m --a 'b c'\nEOF",
        "su - user -c \"vllm serve m --a 'b c'\"",
        "serve() {\n  vllm serve m --a 'b c'\n}",
        "nohup bash -c \"vllm serve m --a 'b c'\" > log &",
    ],
)
def test_launches_in_strings_and_scripts(text: str) -> None:
    launch = only(text)
    assert launch.argv == ("m", "--a", "b c")
    assert launch.words[0].span.of(text) == "m"


def test_a_variable_with_a_command_that_nobody_runs_is_no_launch() -> None:
    assert parse_shell('CMD="vllm serve m"\necho "$CMD"') == ()


@pytest.mark.parametrize(
    ("text", "effective"),
    [
        ("vllm serve m \\ \n  --a 1\n", ("m", " ")),
        ("vllm serve m\n  --a 1\n", ("m",)),
        ("vllm serve m \\\n  # note \\\n  --a 1\n", ("m",)),
    ],
)
def test_a_broken_continuation_is_read_as_it_was_meant(text: str, effective: tuple[str, ...]) -> None:
    launch = only(text)
    assert launch.argv == ("m", "--a", "1")
    assert launch.argv_effective == effective


def test_crlf_files_are_read() -> None:
    assert only("vllm serve m \\\r\n  --a 1\r\necho\r\n").argv == ("m", "--a", "1")


@pytest.mark.parametrize(
    ("prompt", "rest"),
    [
        ("$ ", ""), ("# ", ""), ("root@gpu-1:~# ", ""), ("(base) me@host:/x/y$ ", ""), ("[me@host ~]$ ", ""),
        ("+ ", ""), ("> ", ""), ("\u276f ", ""), ("", ""), ("$ ", " \\\n> --b 2"),
    ],
)  # fmt: skip
def test_one_pasted_command_may_have_a_prompt(prompt: str, rest: str) -> None:
    text = f"{prompt}vllm serve m --a 1{rest}"
    launch = parse_command_line(text)
    assert launch is not None
    assert launch.argv == (("m", "--a", "1", "--b", "2") if rest else ("m", "--a", "1"))
    assert launch.text == text
    assert all(word.span.of(text) == word.value for word in launch.words)


def test_a_pasted_text_without_a_launch() -> None:
    assert parse_command_line("$ ls") is None


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("vllm serve m --port 1", "m"),
        ("vllm serve --port 1 m", "m"),
        ("vllm serve --model m", "m"),
        ("vllm serve x --model=m", "m"),
        ("vllm serve --on m", "m"),
        ("vllm serve --port 1", None),
        ("python -m vllm.entrypoints.openai.api_server --model m", "m"),
        ("python -m vllm.entrypoints.openai.api_server m", None),
        ("vllm serve $MODEL", "$MODEL"),
    ],
)
def test_the_model_that_is_asked_for(text: str, model: str | None) -> None:
    assert model_of(only(text), arity) == model


@pytest.mark.parametrize("calls", ["$run", "$run && $run; $run"])
def test_a_variable_that_runs_itself_is_read_to_an_end(calls: str) -> None:
    text = f'run="vllm serve m; {calls}"\n$run\n'
    assert 1 <= len(parse_shell(text)) <= 500
