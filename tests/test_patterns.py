import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

import vllm_doctor
from vllm_doctor import patterns
from vllm_doctor.engine.pattern_tree import tree_of


def test_a_pattern_is_the_compiled_one() -> None:
    lazy = patterns.pattern(r"(?P<number>\d+)", re.ASCII)
    found = lazy.search("line 17")
    assert found
    assert found["number"] == "17"
    assert lazy.sub("x", "a1b2") == "axbx"
    assert (lazy.pattern, lazy.groupindex["number"], lazy.flags & re.ASCII) == (r"(?P<number>\d+)", 1, re.ASCII)


def _patterns() -> list[patterns._Pattern]:
    """Every pattern at the top level of a module of the package, in tuples and dictionaries too."""
    found: list[patterns._Pattern] = []

    def gather(value: object) -> None:
        if isinstance(value, patterns._Pattern):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            for item in value:
                gather(item)
        elif isinstance(value, dict):
            gather(list(value.values()))

    for module in walk_packages(vllm_doctor.__path__, "vllm_doctor."):
        if not module.name.endswith("__main__"):
            gather({name: value for name, value in vars(import_module(module.name)).items() if name[:2] != "__"})
    return found


def test_every_pattern_of_the_package_compiles() -> None:
    found = _patterns()
    for made in found:
        re.compile(made._text, made._flags)
    assert len(found) > 200


@pytest.mark.parametrize(
    ("text", "head"),
    [
        (r"Tried to allocate (?P<size>\d+)", "Tried to allocate "),
        (r"^Free memory on", "Free memory on"),
        (r"RLIMIT_NPROC (\d{1,9}) current", "RLIMIT_NPROC "),
        (r"took \(a\) ms", "took (a) ms"),
        (r"capaci?ty of", "capac"),
        (r"\bvllm serve\b", "vllm serve"),
        (r"loaded|not found", ""),
        (r"loaded (?:a|b) c", "loaded "),
        (r"loaded [a|b] c", "loaded "),
        (r"loaded (a\)|b) c|d", ""),
        (r"(?i)loaded", ""),
        (r"(?:x)loaded", ""),
        (r"abc?", ""),
    ],
)
def test_the_words_that_a_pattern_begins_with(text: str, head: str) -> None:
    """Read off the pattern's text, with less cost than compiling it."""
    assert patterns.head_of(text) == head


def test_every_match_of_a_pattern_holds_its_head() -> None:
    """The standard library's own parser says so of each pattern of the package."""
    heads = 0
    for text in {made._text for made in _patterns() if not made._flags}:
        head = patterns.head_of(text)
        if head:
            heads += 1
            tree = [part for part in tree_of(text) if str(part[0]) != "AT"][: len(head)]
            assert [(str(name), code) for name, code in tree] == [("LITERAL", ord(letter)) for letter in head]
    assert heads > 50


def test_a_guarded_pattern_is_compiled_where_its_head_stands() -> None:
    """And finds what the standard library's finds."""
    made = patterns.pattern(r"took (\d+) ms")
    assert made.search("it takes 5 ms") is None
    found = made.search("it took 5 ms")
    assert found
    assert found[1] == "5"
    assert made.match("it took 5 ms") is None
    assert made.match("it took 5 ms", 3)
    assert made.sub("x", "took 1 ms, took 2 ms") == "x, x"
    assert made.pattern == r"took (\d+) ms"
