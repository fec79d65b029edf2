import re
from importlib import import_module
from pkgutil import walk_packages

import vllm_doctor
from vllm_doctor import patterns


def test_a_pattern_is_the_compiled_one() -> None:
    lazy = patterns.pattern(r"(?P<number>\d+)", re.ASCII)
    found = lazy.search("line 17")
    assert found
    assert found["number"] == "17"
    assert lazy.sub("x", "a1b2") == "axbx"
    assert (lazy.pattern, lazy.groupindex["number"], lazy.flags & re.ASCII) == (r"(?P<number>\d+)", 1, re.ASCII)


def test_every_pattern_of_the_package_compiles() -> None:
    count = 0
    for module in walk_packages(vllm_doctor.__path__, "vllm_doctor."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(import_module(module.name)).values():
            if isinstance(value, patterns._Pattern):
                re.compile(value._text, value._flags)
                count += 1
    assert count > 200
