"""The import contracts of ARCHITECTURE hold, and no circle is hidden inside a function."""

import ast
import subprocess
import sys
from pathlib import Path

from planet.config.env import ROOT

HUBS = ("planet", "creators", "posts", "groups", "incentives", "discover")
MODULES = sorted(path for hub in HUBS for path in (ROOT / hub).rglob("*.py") if "migrations" not in path.parts)


def test_imports_run_downward() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _late_imports(tree: ast.Module) -> list[tuple[str, str]]:
    """(function, module) of imports inside functions."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.ImportFrom) and inner.module:
                    found.append((node.name, inner.module))
                elif isinstance(inner, ast.Import):
                    found.extend((node.name, name.name) for name in inner.names)
    return found


def _where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_import_of_ours_hides_in_a_function() -> None:
    late = {
        _where(path): found
        for path in MODULES
        if not path.is_relative_to(ROOT / "planet" / "config")  # nothing imports the composition root: no circle there
        and (found := _ours_imported_late(ast.parse(path.read_text())))
    }
    assert late == {}


def _ours_imported_late(tree: ast.Module) -> list[tuple[str, str]]:
    return [
        (function, module)
        for function, module in _late_imports(tree)
        if module.split(".")[0] in HUBS and function != "ready"
    ]


def test_across_apps_only_the_public_modules_are_imported() -> None:
    guilty = {_where(path): found for path in MODULES if (found := _private_imports(path))}
    assert guilty == {}


def _private_imports(path: Path) -> list[str]:
    public = {"models", "queries", "actions", "access", "text", "kyc", "errors"}
    app = _app(path.relative_to(ROOT).with_suffix("").parts)
    free = ("planet.web", "planet.realtime", "planet.config")
    guilty = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            target = _app(tuple(node.module.split(".")))
            rest = node.module[len(target) :].strip(".").split(".")[0]
            private = {rest} if rest else {name.name for name in node.names}
            if target and target != app and target not in free and app != "planet.config" and private & _INNER - public:
                guilty.append(ast.unparse(node))
    return guilty


_INNER = {"views", "forms", "urls", "contexts", "broadcasts", "tasks", "locks", "consumers"}


def _app(parts: tuple[str, ...]) -> str:
    if not parts or parts[0] not in HUBS:
        return ""
    return ".".join(parts[:2]) if parts[0] == "planet" else parts[0]
