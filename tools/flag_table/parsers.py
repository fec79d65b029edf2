"""The parsers of a release, made by the release's own code: `vllm serve` and the api_server module."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import lenient

if TYPE_CHECKING:
    from pathlib import Path

SERVE_MAINS = ("vllm.entrypoints.cli.main", "vllm.scripts")


@dataclass
class Program:
    """A command of a release: the parser that gets the words, what stands before them, and where the options
    are.
    """

    top: argparse.ArgumentParser
    first: list[str]
    parser: argparse.ArgumentParser

    def refused(self, words: list[str]) -> bool:
        """Whether the words end in an error (help and version end well)."""
        try:
            with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                self.top.parse_args([*self.first, *words])
        except SystemExit as end:
            return end.code not in (0, None)
        except Exception:
            return True
        return False

    def attempt(self, words: list[str]) -> tuple[Any, str | None]:
        """The namespace, or None with the last line that the parser said."""
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                return self.top.parse_args([*self.first, *words]), None
        except SystemExit as end:
            return None, (said.getvalue().strip().splitlines() or [f"exit {end.code}"])[-1]
        except Exception as error:
            return None, f"{type(error).__name__}: {error}"


def _module_file(root: Path, module: str) -> Path:
    return root / f"{module.replace('.', '/')}.py"


def serve(root: Path) -> Program | None:
    """`vllm serve`: its `main` is run up to where it would parse. None where there is no such command."""
    entry = next((name for name in SERVE_MAINS if _module_file(root, name).exists()), None)
    if entry is None:
        return None
    sys.argv = ["vllm", "serve", "some/model"]
    real = argparse.ArgumentParser.parse_args

    def grab(self: argparse.ArgumentParser, *arguments: Any, **keywords: Any) -> Any:
        raise lenient.Captured(self)

    try:
        module = importlib.import_module(entry)
        argparse.ArgumentParser.parse_args = grab  # type: ignore[method-assign, assignment]
        module.main()
    except lenient.Captured as found:
        top = found.parser
    finally:
        argparse.ArgumentParser.parse_args = real  # type: ignore[method-assign]
    commands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    return Program(top, ["serve"], commands.choices["serve"])


def api_server(root: Path) -> Program:
    """`python -m vllm.entrypoints.openai.api_server`: the parser that its `make_arg_parser` fills."""
    sys.argv = ["api_server.py"]  # 0.9.0 leaves --model out where "serve" stands on the command line
    files = sorted((root / "vllm/entrypoints").glob("*/cli_args.py"))
    file = next(path for path in files if "def make_arg_parser" in path.read_text())
    module: Any = importlib.import_module(".".join(file.relative_to(root).with_suffix("").parts))
    if not inspect.signature(module.make_arg_parser).parameters:
        parser = module.make_arg_parser()
    else:
        flexible = getattr(module, "FlexibleArgumentParser", None)
        flexible = flexible or importlib.import_module("vllm.utils").FlexibleArgumentParser
        parser = module.make_arg_parser(flexible(description="api_server"))
    return Program(parser, [], parser)


def show_help_texts(root: Path) -> None:
    """Have the help texts made: later releases do so only where `--help` is on the command line at import."""
    file = root / "vllm/engine/arg_utils.py"
    if file.exists() and "NEEDS_HELP" in file.read_text():
        sys.argv = ["vllm", "serve", "some/model", "--help=all"]
        importlib.import_module("vllm.engine.arg_utils")
