"""What users get: the wheel, built and installed alone, run from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOG = ROOT / "examples" / "kv-cache-too-small.log"
WARNING = "vllm-doctor: vllm_doctor-0.6.0 is another tool of this name; this one is vllm-launch-doctor\n"

pytestmark = pytest.mark.wheel


@dataclass(frozen=True)
class Installed:
    """An environment with nothing but the wheel, and the dependencies of the running one."""

    wheel: Path
    scripts: Path
    packages: Path
    elsewhere: Path

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the environment in a folder that is no checkout."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment["PYTHONIOENCODING"] = "utf-8"
        command = [str(self.scripts / words[0]), *words[1:]]
        return subprocess.run(
            command, cwd=self.elsewhere, env=environment, capture_output=True, encoding="utf-8", check=False
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = str(scripts / Path(sys.executable).name)
    words = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*words, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
    # a path file, whose own path files (an editable install among them) are not followed
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "elsewhere").mkdir()
    return Installed(wheel, scripts, packages, folder / "elsewhere")


def test_rules_and_catalogue_are_in_it(installed: Installed) -> None:
    names = set(zipfile.ZipFile(installed.wheel).namelist())
    rules = {path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*.yaml")}
    assert {f"vllm_doctor/_rules/{name}" for name in rules} <= names
    assert {"vllm_doctor/_build/catalogue.json", "vllm_doctor/py.typed"} <= names
    assert {f"vllm_doctor/report/{name}.schema.json" for name in ("diagnosis", "review")} <= names


def test_nothing_else_is_in_it(installed: Installed) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(installed.wheel).namelist()}
    assert {name for name in tops if not name.endswith(".dist-info")} == {"vllm_doctor"}


def test_it_is_the_wheel_that_runs(installed: Installed) -> None:
    found = installed("python", "-c", "import vllm_doctor; print(vllm_doctor.__file__)").stdout.strip()
    assert Path(found).parent == installed.packages / "vllm_doctor"
    from_rules = "from vllm_doctor.engine.catalogue import rules_folder; print(rules_folder())"
    assert installed("python", "-c", from_rules).stdout.strip() == str(installed.packages / "vllm_doctor" / "_rules")


def test_a_log_from_another_folder(installed: Installed) -> None:
    ran = installed("vllm-doctor", "-q", str(LOG))
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.startswith("vllm serve /models/llama-3.1-8b ")
    assert ran.stdout.endswith(" --max-model-len 16384\n")


def test_check_and_the_rules_from_another_folder(installed: Installed) -> None:
    assert installed("vllm-doctor", "check", "vllm serve m").returncode == 0
    listed = installed("vllm-doctor", "rules").stdout
    assert "kv-cache-too-small " in listed
    assert installed("vllm-doctor", "explain", "kv-cache-too-small").returncode == 0


def test_the_library_from_another_folder(installed: Installed) -> None:
    code = (
        f"from pathlib import Path; from vllm_doctor import diagnose; print(diagnose(Path({str(LOG)!r})).root_cause.id)"
    )
    ran = installed("python", "-c", code)
    assert (ran.stdout, ran.stderr) == ("kv-cache-too-small\n", "")


def test_another_owner_of_the_name_is_told(installed: Installed) -> None:
    other = installed.packages / "vllm_doctor-0.6.0.dist-info"
    other.mkdir()
    try:
        ran = installed("vllm-doctor", "-q", str(LOG))
    finally:
        other.rmdir()
    assert ran.stderr == WARNING
    assert ran.returncode == 1
