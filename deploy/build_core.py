"""Compiles the hot loops over text (workers/text/native) when the package is built: by the machine's C compiler, else by the one in the
PyPI package ziglang, so that a machine without a toolchain needs nothing else. Where neither works the package is installed without the library:
the same results, slower."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("workers/text/native")
#: No fused multiply-add and no fast mathematics: the results are those of NumPy, bit by bit. The oldest processors of the kind can run it.
FLAGS = ("-std=c11", "-O3", "-Wall", "-fPIC", "-shared", "-fvisibility=hidden", "-ffp-contract=off")
ZIG_FLAGS = ("-mcpu=baseline", "-fno-sanitize=undefined", "-Wl,-s")


def compilers() -> list[list[str]]:
    """The commands to try, in this order."""
    own = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    return [*([[own]] if own else []), [sys.executable, "-m", "ziglang", "cc", *ZIG_FLAGS]]


def compile_core(root: Path) -> str | None:
    """Compile into the folder of the sources; None if that worked, else what the compilers said."""
    sources = sorted(str(source) for source in (root / FOLDER).glob("*.c"))
    built = root / FOLDER / "core.so.new"
    said = []
    for compiler in compilers():
        done = subprocess.run(
            [*compiler, *FLAGS, "-o", str(built), *sources], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            built.replace(root / FOLDER / "core.so")  # a running process keeps the library that it has loaded
            return None
        said.append(f"{' '.join(compiler)}: {done.stderr[-2000:]}")
    return "\n".join(said)


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatchling asks before it builds a wheel or an editable install."""

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling: a compiler, where the machine has none."""
        return [] if len(compilers()) > 1 else ["ziglang>=0.13"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and tell hatchling that the wheel is for this kind of machine."""
        if self.target_name != "wheel":
            return
        if failure := compile_core(Path(self.root)):
            self.app.display_warning(
                f"the core (workers/text/native) was not compiled; cleaning will be slower.\n{failure}"
            )
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        build_data["artifacts"] += [str(FOLDER / "core.so")]
