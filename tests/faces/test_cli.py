"""The command line: help, errors, exit statuses, and what it loads."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import poc_graduate
from poc_graduate import api
from poc_graduate.cli import _show, cli
from poc_graduate.errors import CellFailed, GraduateError, InputError, Refusal
from poc_graduate.notebook.model import Place

ROOT = Path(__file__).parents[2]
COMMANDS = cli.list_commands(click.Context(cli))
GROUPS = {"batch": ("run", "status", "report"), "contract": ("learn", "check")}
CALLS = [f"{n} {sub}".strip() for n in COMMANDS for sub in GROUPS.get(n, ("",))]
HEAVY = {
    "IPython",
    "jinja2",
    "jupyter_client",
    "jupytext",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "ploomber",
    "poc_graduate.api",
    "poc_graduate.dataflow",
    "pyarrow",
    "yaml",
}


def loaded_by(code: str) -> set[str]:
    """Modules that a fresh interpreter holds after some code."""
    report = "import sys, os; os.write(3, '\\n'.join(sys.modules).encode())"
    read, write = os.pipe()
    command = f"import os; os.dup2({write}, 3)\n{code}\n{report}"
    subprocess.run(
        [sys.executable, "-c", command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    os.close(write)
    with os.fdopen(read) as modules:
        return set(modules.read().split("\n"))


def failing_with(error: BaseException):
    def raise_(*_, **__):
        raise error

    return raise_


class TestHelp:
    @pytest.mark.parametrize("name", CALLS)
    def test_shows_an_example_of_the_command(self, poc, name):
        answer = poc(*name.split(), "--help")

        assert answer.status == 0
        _, _, example = answer.out.partition("Example:")
        assert f"poc-graduate {name} " in example

    @pytest.mark.parametrize("name", CALLS)
    @pytest.mark.parametrize("option", ["--quiet", "--format [text|json"])
    def test_every_command_has_the_common_options(self, poc, name, option):
        assert option in poc(*name.split(), "--help").out

    def test_the_program_names_its_commands_and_exit_statuses(self, poc):
        answer = poc("--help")

        assert answer.status == 0
        assert [name for name in COMMANDS if f"\n  {name} " not in answer.out] == []
        assert "Exit status:" in answer.out

    def test_export_says_that_the_notebook_will_be_executed(self, poc):
        assert "will be executed" in poc("export", "--help").out

    def test_version(self, poc):
        assert poc("--version").out.strip().endswith(poc_graduate.__version__)

    def test_a_file_in_the_folder_is_a_command(self):
        files = (ROOT / "poc_graduate" / "cli").glob("[a-z]*.py")

        assert sorted(file.stem for file in files) == COMMANDS

    @pytest.mark.parametrize("name", CALLS)
    def test_every_command_stands_in_the_manual(self, name):
        assert f"$ poc-graduate {name} --help" in (ROOT / "docs" / "cli.md").read_text()

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_stands_in_the_readme(self, name):
        assert f"poc-graduate {name} " in (ROOT / "README.md").read_text()

    def test_the_manual_is_up_to_date(self):
        made = subprocess.run(
            [sys.executable, "docs/make_cli.py", "--check"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert made.returncode == 0, made.stderr


class TestLoading:
    def test_importing_the_package_loads_nothing_else_of_ours(self):
        loaded = loaded_by("import poc_graduate")

        ours = {name for name in loaded if name.startswith("poc_graduate")}
        assert ours == {"poc_graduate"}
        assert loaded & HEAVY == set()

    def test_help_loads_no_engine(self):
        asked = "from poc_graduate.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"

        assert loaded_by(asked) & HEAVY == set()

    @pytest.mark.parametrize("name", COMMANDS)
    def test_help_of_a_command_loads_no_engine(self, name):
        asked = (
            f"from poc_graduate.cli import main\n"
            f"try: main(['{name}', '--help'])\nexcept SystemExit: pass"
        )

        assert loaded_by(asked) & HEAVY == set()

    @pytest.mark.parametrize("verb", poc_graduate.__all__)
    def test_the_verbs_come_when_they_are_used(self, verb):
        assert getattr(poc_graduate, verb) is getattr(api, verb)

    def test_a_name_that_is_not_there_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match="graduate"):
            _ = poc_graduate.graduate

    def test_dir_names_the_verbs(self):
        assert set(poc_graduate.__all__) <= set(dir(poc_graduate))


class TestErrors:
    PLACE = Place("churn.ipynb", 4, line=2, column=3, heading="Clean", cell_id="a1")

    def test_are_one_sentence_with_place_and_remedy(self, poc, monkeypatch):
        error = Refusal("con is open", remedy="close it", place=self.PLACE)
        monkeypatch.setattr(api, "plan", failing_with(error))

        answer = poc("plan", "churn.ipynb")

        assert answer.err == "churn.ipynb, cell 4 “Clean”, line 2: con is open. Close it.\n"
        assert answer.out == ""

    @pytest.mark.parametrize(
        ("error", "status"),
        [(InputError("empty"), 2), (Refusal("no"), 3), (CellFailed("raised"), 3)],
        ids=lambda value: type(value).__name__,
    )
    def test_have_the_status_of_their_kind(self, poc, monkeypatch, error, status):
        monkeypatch.setattr(api, "plan", failing_with(error))

        assert poc("plan", "churn.ipynb").status == status

    @pytest.mark.parametrize("form", [["--format", "json"], ["--format=json"]])
    def test_are_a_record_for_machines(self, poc, monkeypatch, form):
        error = Refusal("con is open", remedy="close it", place=self.PLACE)
        monkeypatch.setattr(api, "plan", failing_with(error))

        answer = poc("plan", "churn.ipynb", *form)

        assert answer.json == {
            "error": {
                "type": "Refusal",
                "message": "churn.ipynb, cell 4 “Clean”, line 2: con is open. Close it.",
                "found": "con is open",
                "remedy": "close it",
                "notebook": "churn.ipynb",
                "cell": 4,
                "cell_id": "a1",
                "heading": "Clean",
                "line": 2,
                "column": 3,
                "exit_status": 3,
            }
        }

    def test_a_message_of_several_lines_becomes_one(self, poc, monkeypatch):
        monkeypatch.setattr(api, "plan", failing_with(InputError("one\n  two")))

        assert poc("plan", "churn.ipynb").err == "one two.\n"

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["plan"], "Missing argument 'NOTEBOOK'"),
            (["export", "churn.ipynb"], "Missing option '--output'"),
            (["plan", "churn.ipynb", "--timeout", "0"], "'--timeout'"),
            (["plan", "churn.ipynb", "--fast"], "--fast"),
            (["graduate"], "graduate"),
            (["plan", "churn.ipynb", "--format", "xml"], "'--format'"),
        ],
    )
    def test_bad_use_is_one_sentence_and_status_2(self, poc, arguments, says):
        answer = poc(*arguments)

        assert answer.status == 2
        assert says in answer.err
        assert "--help`" in answer.err
        assert answer.err.count("\n") == 1

    def test_bad_use_is_a_record_for_machines(self, poc):
        answer = poc("plan", "--format", "json")

        assert answer.json["error"]["type"] == "UsageError"

    def test_a_full_disk_is_no_traceback(self, poc, monkeypatch):
        error = OSError(28, "No space left on device", "/data/churn")
        monkeypatch.setattr(api, "plan", failing_with(error))

        answer = poc("plan", "churn.ipynb")

        assert (answer.status, answer.err) == (2, "/data/churn: No space left on device.\n")

    def test_a_defect_is_no_traceback(self, poc, monkeypatch):
        monkeypatch.setattr(api, "plan", failing_with(KeyError("stage")))

        answer = poc("plan", "churn.ipynb")

        assert answer.status == 1
        assert "KeyError: 'stage'" in answer.err
        assert answer.err.count("\n") == 1

    def test_a_defect_shows_where_when_asked(self, monkeypatch):
        monkeypatch.setattr(api, "plan", failing_with(KeyError("stage")))
        monkeypatch.setenv("POC_GRADUATE_DEBUG", "1")

        with pytest.raises(KeyError):
            importlib.import_module("poc_graduate.cli").main(["plan", "churn.ipynb"])

    @pytest.mark.parametrize("stopped", [KeyboardInterrupt(), click.exceptions.Abort()])
    def test_stopping_is_one_line_and_status_130(self, poc, monkeypatch, stopped):
        monkeypatch.setattr(api, "plan", failing_with(stopped))

        answer = poc("plan", "churn.ipynb")

        assert (answer.status, answer.err.strip()) == (130, "Stopped.")


class TestBadInput:
    @pytest.fixture(params=["plan", "export", "export --no-run"])
    def arguments(self, request, tmp_path):
        command, *options = request.param.split()
        output = ["--output", tmp_path / "project"] if command == "export" else []
        return lambda notebook: [command, notebook, *output, *options]

    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[]", b"null", b'{"cells": []}', b"\xff\xfe\x00", b'{"nbformat": 99}'],
        ids=["empty", "broken", "list", "null", "no format", "not utf-8", "nbformat 99"],
    )
    def test_is_one_sentence_and_status_2(self, poc, arguments, tmp_path, content):
        path = tmp_path / "prototype.ipynb"
        path.write_bytes(content)

        answer = poc(*arguments(path))

        assert answer.status == 2
        assert "prototype.ipynb" in answer.err.splitlines()[-1]
        assert not (tmp_path / "project").exists()

    def test_a_file_that_is_not_there(self, poc, arguments, tmp_path):
        answer = poc(*arguments(tmp_path / "nothing.ipynb"))

        assert answer.status == 2
        assert "nothing.ipynb" in answer.err.splitlines()[-1]

    def test_a_folder(self, poc, arguments, tmp_path):
        assert poc(*arguments(tmp_path)).status == 2

    def test_another_language(self, poc, arguments, prototype):
        kernel = {"name": "ir", "display_name": "R", "language": "R"}

        answer = poc(*arguments(prototype("x <- 1", kernelspec=kernel)))

        assert answer.status == 2

    def test_a_plan_cannot_be_written_into_a_missing_folder(self, poc, prototype, tmp_path):
        target = tmp_path / "missing" / "plan.yaml"

        answer = poc("plan", prototype("x = 1"), "--output", target)

        assert answer.status == 2
        assert str(target) in answer.err

    def test_a_folder_that_is_not_ours_is_left_alone(self, poc, prototype, tmp_path):
        precious = tmp_path / "project" / "precious.txt"
        precious.parent.mkdir()
        precious.write_text("mine")

        answer = poc("export", prototype("x = 1"), "--output", precious.parent, "--no-run")

        assert answer.status == 2
        assert [path.name for path in precious.parent.iterdir()] == ["precious.txt"]

    def test_verify_wants_a_project(self, poc, tmp_path):
        assert poc("verify", tmp_path).status == 2


class TestPlan:
    def test_runs_nothing(self, poc, prototype, tmp_path):
        touched = tmp_path / "touched"

        answer = poc("plan", prototype(f"open({str(touched)!r}, 'w').close()"))

        assert answer.status == 0
        assert not touched.exists()

    def test_is_yaml_on_standard_output(self, poc, prototype):
        answer = poc("plan", prototype("x = 1", "print(x)"))

        assert answer.status == 0
        assert "stages:" in answer.out

    def test_is_written_where_asked(self, poc, prototype, tmp_path):
        target = tmp_path / "plan.yaml"

        answer = poc("plan", prototype("x = 1", "print(x)"), "--output", target)

        assert answer.status == 0
        assert "stages:" in target.read_text()
        assert answer.out.startswith(f"{target}: ")

    def test_is_json_for_machines(self, poc, prototype):
        answer = poc("plan", prototype("x = 1", "print(x)"), "--format", "json")

        assert answer.json["notebook"] == "prototype.ipynb"
        assert answer.json["stages"][0]["cells"]

    def test_quiet_says_nothing(self, poc, prototype, tmp_path):
        answer = poc("plan", prototype("x = 1"), "--quiet", "--output", tmp_path / "plan.yaml")

        assert (answer.status, answer.out, answer.err) == (0, "", "")


class TestProgress:
    def test_is_not_shown_where_nobody_looks(self):
        with _show.progress(quiet=False) as show:
            assert show is None

    def test_is_a_bar_on_a_terminal_and_gone_at_the_end(self, monkeypatch, capsys):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

        with _show.progress(quiet=False) as show:
            assert show is not None
            show("cell 8 of 8", 8, 8)

        shown = capsys.readouterr().err
        assert "] 100%  cell 8 of 8" in shown
        assert shown.endswith("\r\033[K")

    def test_is_not_shown_when_quiet(self, monkeypatch):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

        with _show.progress(quiet=True) as show:
            assert show is None

    def test_is_gone_when_something_fails(self, monkeypatch, capsys):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

        with pytest.raises(GraduateError), _show.progress(quiet=False):
            raise GraduateError("no")

        assert capsys.readouterr().err.endswith("\r\033[K")

    @pytest.mark.parametrize(
        ("done", "total", "line"),
        [
            (0, 4, "[------------------------]   0%  cell"),
            (2, 4, "[############------------]  50%  cell"),
            (9, 4, "[########################] 100%  cell"),
            (0, 0, "cell"),
            (1, 1, "cell"),
        ],
    )
    def test_a_bar_says_how_far_the_work_is(self, done, total, line):
        assert _show.bar("cell", done, total) == line


@pytest.mark.build
class TestExport:
    CELLS = ("xs = [3, 1, 2]", "xs.sort()\nprint(xs)")

    def test_proves_and_says_where_the_proof_lies(self, poc, prototype, tmp_path):
        project = tmp_path / "project"

        answer = poc("export", prototype(*self.CELLS), "--output", project)

        assert answer.status == 0, answer.err
        assert "will be executed" in answer.err
        assert "Proved: " in answer.out
        assert (project / "graduation" / "certificate.html").is_file()

        answer = poc("verify", project, "--format", "json")

        assert answer.status == 0, answer.err
        assert answer.json["equal"] is True

    def test_verify_renews_the_certificate_and_its_page(self, poc, prototype, tmp_path):
        project = tmp_path / "project"
        poc("export", prototype(*self.CELLS), "--output", project)
        page = project / "graduation" / "certificate.html"
        exported = page.read_text()
        assert poc("verify", project).status == 0
        assert page.read_text() == exported
        for path in [*project.rglob("src/**/*.py"), *project.rglob("tasks/*.py")]:
            path.write_text(path.read_text().replace("[3, 1, 2]", "[3, 1, 4]"))

        assert poc("verify", project).status == 3

        assert "verdict-equal" in exported
        assert "verdict-different" in page.read_text()

    def test_modules_of_others_are_not_what_linters_of_the_project_look_at(
        self, poc, prototype, tmp_path
    ):
        notebook = prototype("from src.own import twice", "print(twice(2))")
        folder = notebook.parent / "src"
        folder.mkdir()
        (folder / "own.py").write_text("import os,sys\nx:int='a'\ndef twice( v ):\n  return v*2\n")
        project = tmp_path / "project"

        assert poc("export", notebook, "--output", project).status == 0

        assert (project / "src" / "own.py").is_file()
        for tool in ("ruff check .", "ruff format --check .", "mypy ."):
            done = subprocess.run(
                [sys.executable, "-m", *tool.split()], cwd=project, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout

    def test_is_a_record_for_machines(self, poc, prototype, tmp_path):
        project = tmp_path / "project"
        arguments = ["export", prototype(*self.CELLS), "--output", project, "--no-run"]

        answer = poc(*arguments, "--format=json", "--quiet")

        assert answer.status == 0, answer.err
        assert answer.err == ""
        assert answer.json["project"] == str(project)
        assert answer.json["proved"] is False
        assert answer.json["stages"]
        assert answer.json["conflicts"] == []

    def test_dry_run_writes_nothing(self, poc, prototype, tmp_path):
        project = tmp_path / "project"

        answer = poc("export", prototype("x = 1"), "--output", project, "--no-run", "--dry-run")

        assert answer.status == 0, answer.err
        assert "pipeline.yaml" in answer.out
        assert not project.exists()

    def test_without_a_run_is_unproven(self, poc, prototype, tmp_path):
        project = tmp_path / "project"

        answer = poc("export", prototype(*self.CELLS), "--output", project, "--no-run")

        assert answer.status == 0, answer.err
        assert "will be executed" not in answer.err
        assert "Unproven" in answer.out

    def test_edits_on_both_sides_are_told_and_end_in_a_status_of_their_own(
        self, poc, prototype, tmp_path
    ):
        project = tmp_path / "project"
        poc("export", prototype("xs = [3]", "print(xs)"), "--output", project, "--no-run")
        task = next(path for path in project.glob("tasks/*.py") if "print(xs)" in path.read_text())
        task.write_text(task.read_text().replace("print(xs)", "print('mine', xs)"))
        (project / ".gitignore").write_text("mine\n")

        answer = poc(
            "export", prototype("xs = [3]", "print('new', xs)"), "--output", project, "--no-run"
        )

        assert answer.status == 4, answer.err
        assert f"Conflict: tasks/{task.name}: both changed it; look for <<<<<<<" in answer.out
        assert "Kept: .gitignore: you edited it." in answer.out
        assert "<<<<<<< yours\nprint('mine', xs)" in task.read_text()

    def test_a_failing_cell_is_refused_with_its_place(self, poc, prototype, tmp_path):
        notebook = prototype("x = 1", "x / 0")

        answer = poc("export", notebook, "--output", tmp_path / "project", "--format", "json")

        assert answer.status == 3
        error = answer.json["error"]
        assert (error["type"], error["cell"], error["line"]) == ("CellFailed", 4, 1)
        assert "ZeroDivisionError" in error["found"]
        assert not (tmp_path / "project").exists()

    def test_a_cell_that_does_not_end_is_refused(self, poc, prototype, tmp_path):
        notebook = prototype("while True:\n    pass")

        answer = poc("export", notebook, "--output", tmp_path / "project", "--timeout", "3")

        assert answer.status == 3
        assert "cell 2" in answer.err


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_a_group_without_a_command_shows_its_help_as_it_is(poc, group):
    bare = poc(*group.split())
    asked = poc(*group.split(), "--help")

    assert bare.out + bare.err.rstrip() == asked.out.rstrip()
    assert "\n  Example:\n" in asked.out


def test_runs_as_a_module():
    made = subprocess.run(
        [sys.executable, "-m", "poc_graduate", "plan", "nothing.ipynb", "--format=json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 2
    assert json.loads(made.stdout)["error"]["type"] == "InputError"
    assert made.stderr.count("\n") == 1
