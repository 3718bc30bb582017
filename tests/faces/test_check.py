"""`poc-graduate check` and `explain` as a user meets them."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

DROP = "df = df.drop([12, 45])  # weird rows"


class TestCheck:
    def test_a_finding_shows_place_line_and_caret(self, poc, prototype):
        notebook = prototype("x = 1", DROP)

        answer = poc("check", notebook)

        assert answer.status == 1
        assert answer.out.splitlines()[:4] == [
            f"{notebook}  cell 4 “Part 2”, line 1",
            f"  1 │ {DROP}",
            "    │              ^^^^^^^^",
            "POC202 blocker  rows [12, 45] are dropped by hand; "
            "in the next file these are other rows",
        ]
        assert answer.out.splitlines()[-1] == "1 blocker in 1 notebook."

    def test_the_caret_stands_below_wide_characters(self, poc, prototype):
        answer = poc("check", prototype("x = '数据'; df = df.drop([1])"))

        _, line, caret, *_ = answer.out.splitlines()
        # 数据 take two columns each on a terminal
        assert caret.index("^") == line.index("[1]") + 2

    def test_a_clean_notebook_ends_in_status_0(self, poc, prototype):
        answer = poc("check", prototype("x = 1"))

        assert (answer.status, answer.out) == (0, "Nothing found in 1 notebook.\n")

    def test_folders_are_searched(self, poc, prototype, tmp_path):
        for folder in ("a", "b/.ipynb_checkpoints", ".hidden"):
            (tmp_path / folder).mkdir(parents=True)
            prototype(DROP, name=f"{folder}/nb.ipynb")

        answer = poc("check", tmp_path, "--format", "json")

        assert [f["path"] for f in json.loads(answer.out)["findings"]] == [
            str(tmp_path / "a" / "nb.ipynb")
        ]

    def test_a_damaged_notebook_hides_no_other(self, poc, prototype, tmp_path):
        prototype(DROP, name="good.ipynb")
        (tmp_path / "bad.ipynb").write_text('{"cells": [', encoding="utf-8")

        answer = poc("check", tmp_path)

        assert answer.status == 2
        assert "POC202" in answer.out
        assert answer.err.count("\n") == 1
        assert "bad.ipynb is not valid JSON" in answer.err

    def test_a_notebook_of_text_holds_nothing_to_flag(self, poc, prototype, tmp_path):
        prototype("x = 1", name="good.ipynb")
        text = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (tmp_path / "text.ipynb").write_text(json.dumps(text), encoding="utf-8")

        assert poc("check", tmp_path).out == "Nothing found in 1 notebook.\n"
        for options in ([], ["--with", "ruff"], ["--format", "html"]):
            answer = poc("check", tmp_path / "text.ipynb", *options)
            assert (answer.status, answer.err) == (0, "")

    def test_rules_are_chosen_by_prefix(self, poc, prototype):
        notebook = prototype(DROP, "breakpoint()")

        chosen = poc("check", notebook, "--select", "POC2", "--format", "json")
        rest = poc("check", notebook, "--ignore", "POC2", "--format", "json")

        assert [f["code"] for f in json.loads(chosen.out)["findings"]] == ["POC202"]
        assert [f["code"] for f in json.loads(rest.out)["findings"]] == ["POC808"]

    def test_an_unknown_code_is_bad_use(self, poc, prototype):
        answer = poc("check", prototype("x = 1"), "--select", "POC999")

        assert answer.status == 2
        assert "no rule's code begins with 'POC999'" in answer.err

    def test_settings_stand_in_pyproject(self, poc, prototype, tmp_path, monkeypatch):
        notebook = prototype(DROP, "breakpoint()")
        monkeypatch.chdir(tmp_path)
        settings = tmp_path / "pyproject.toml"

        settings.write_text('[tool.poc_graduate]\nignore = ["POC202"]\n', encoding="utf-8")
        ignored = poc("check", notebook)
        settings.write_text(
            '[tool.poc_graduate.per-file-ignores]\n"proto*.ipynb" = ["POC808"]\n', encoding="utf-8"
        )
        by_file = poc("check", notebook)
        settings.write_text('[tool.poc_graduate]\nexlude = ["x"]\n', encoding="utf-8")
        misspelt = poc("check", notebook)

        assert "POC202" not in ignored.out
        assert "POC808" in ignored.out
        assert "POC202" in by_file.out
        assert "POC808" not in by_file.out
        assert misspelt.status == 2
        assert "no key 'exlude'" in misspelt.err

    def test_annotations_for_github_are_one_line_each(self, poc, prototype):
        answer = poc("check", prototype("df = df.drop([1,\n2])"), "--format", "github")

        (line,) = answer.out.splitlines()
        assert line.startswith("::error file=")
        assert "title=POC202 row-by-label-drop::cell 2, line 1: rows [1, 2]" in line

    @pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "html"])
    def test_a_secret_is_never_shown(self, poc, prototype, form):
        secret = "w7Kd2RxQ9bNz4Ty1"  # in no example of a rule, whose page SARIF holds
        notebook = prototype(f"api_key = '{secret}'; df = df.drop([1])")

        answer = poc("check", notebook, "--format", form)

        assert answer.status == 1
        assert secret not in answer.out + answer.err

    def test_nothing_is_executed(self, poc, prototype, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        trap = tmp_path / "ran"
        touch = f"open({str(trap)!r}, 'w')"
        for name in ("sitecustomize.py", "conftest.py", "helper.py"):
            (tmp_path / name).write_text(touch, encoding="utf-8")
        notebook = prototype(
            touch,
            f"!touch {trap}",
            f"%run -i {tmp_path}/helper.py",
            f"%%bash\ntouch {trap}",
            f"%system touch {trap}",
            f"x = [{touch} for _ in 'a']",
            f"def f(x={touch}): pass",
            "import helper",
            f"class A:\n    {touch}",
        )

        poc("check", notebook)
        poc("check", tmp_path)

        assert not trap.exists()


class TestExplain:
    def test_lists_the_rules(self, poc):
        lines = poc("explain").out.splitlines()

        assert "POC202  blocker  row-by-label-drop" in lines

    def test_lists_them_by_family(self, poc):
        lines = poc("explain").out.splitlines()

        assert lines[lines.index("POC2 Manual cleaning") + 1].startswith("POC201  blocker")
        assert lines[lines.index("POC2 Manual cleaning") - 1] == ""

    def test_shows_evidence_fix_and_how_it_is_told(self, poc):
        page = poc("explain", "POC202").out

        assert "**blocker** · seen in the code · fix offered: `check --fix POC202`" in page
        assert "POC202 blocker  rows [12, 45] are dropped by hand;" in page
        assert "## Mended" in page

    def test_a_page_for_machines_has_all_examples(self, poc):
        record = poc("explain", "POC202", "--format", "json").json

        assert record["severity"] == "blocker"
        assert (record["evidence"], record["fix"]) == ("static", "offered")
        assert record["page"] == "docs/rules/POC202.md"
        assert record["found"][0]["source"] == "df = df.drop([12, 45])"
        assert len(record["not_found"]) >= 3

    @pytest.mark.parametrize("word", ["POC202", "poc202", "row-by-label-drop"])
    def test_says_why_it_bites(self, poc, word):
        assert "**Why it bites:** the labels belong to this file" in poc("explain", word).out

    def test_an_unknown_rule_is_bad_use(self, poc):
        answer = poc("explain", "POC000")

        assert answer.status == 2
        assert "there is no rule 'POC000'" in answer.err


READS = "import pandas as pd", "df = pd.read_csv('/srv/churn.csv')", "df = df.drop([12, 45])"


class TestFix:
    def test_safe_fixes_are_applied_and_what_remains_is_told(self, poc, prototype):
        notebook = prototype(*READS)

        answer = poc("check", notebook, "--select", "POC1,POC2", "--fix")

        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        assert answer.status == 1
        assert "POC202" in answer.out
        assert "POC101" not in answer.out
        assert answer.out.splitlines()[-1] == (
            "Fixed 1 in 1 notebook; 1 more can be fixed with --fix POC202."
        )
        assert [c["source"] for c in cells if c["cell_type"] == "code"] == [
            READS[0],
            "churn_csv = '/srv/churn.csv'",
            "df = pd.read_csv(churn_csv)",
            READS[2],
        ]
        assert cells[2]["metadata"] == {"tags": ["parameters"]}

    @pytest.mark.parametrize("order", [("{}", "--fix"), ("--fix", "{}"), ("--fix=safe", "{}")])
    def test_what_stands_behind_fix_may_be_the_notebook(self, poc, prototype, order):
        notebook = prototype("x = 1\nbreakpoint()")

        answer = poc("check", *(word.format(notebook) for word in order))

        assert answer.status == 0
        assert "breakpoint" not in notebook.read_text(encoding="utf-8")

    def test_codes_apply_the_offered_fixes_of_these_rules_only(self, poc, prototype, tmp_path):
        notebook = prototype(*READS)

        answer = poc("check", "--select", "POC1,POC2", "--fix", "POC202", notebook)

        table = (tmp_path / "exclusions.csv").read_text(encoding="utf-8")
        text = notebook.read_text(encoding="utf-8")
        assert answer.status == 1  # the path is left
        assert table == "key,reason,who\n12,,\n45,,\n"
        assert 'df = apply_exclusions(df, \\"exclusions.csv\\")' in text
        assert "/srv/churn.csv')" in text

    def test_safe_and_codes_leave_nothing(self, poc, prototype):
        notebook = prototype(*READS)

        answer = poc("check", notebook, "--select", "POC1,POC2", "--fix", "safe,POC202")

        assert answer.status == 0
        assert answer.out.splitlines()[-1] == "Fixed 2 in 1 notebook."

    def test_diff_shows_each_cell_and_writes_nothing(self, poc, prototype, tmp_path):
        notebook = prototype(*READS)
        before = notebook.read_bytes()

        answer = poc("check", notebook, "--select", "POC1,POC2", "--diff", "--fix", "safe,POC202")

        assert notebook.read_bytes() == before
        assert [path.name for path in tmp_path.iterdir()] == [notebook.name]
        assert answer.status == 1
        assert answer.err == "Would fix 2 in 1 notebook.\n"
        assert f"--- {notebook} cell 4\n+++ {notebook} cell 6\n" in answer.out
        assert f"{tmp_path / 'exclusions.csv'}\n@@ -0,0 +1,3 @@\n+key,reason,who\n" in answer.out
        assert "-df = pd.read_csv('/srv/churn.csv')\n+df = pd.read_csv(churn_csv)\n" in answer.out

    def test_a_diff_shows_no_secret(self, poc, prototype):
        secret = "q8Zt3LmP0sVw71Ax"
        notebook = prototype("import os", f"api_key = '{secret}'\nbreakpoint()")

        answer = poc("check", notebook, "--diff", "--fix", "POC")

        assert "breakpoint" in answer.out
        assert secret not in answer.out + answer.err

    def test_machines_are_told_what_was_done(self, poc, prototype):
        answer = poc("check", prototype(*READS), "--select", "POC1", "--fix", "--format", "json")

        assert answer.json["findings"] == []
        assert [one["code"] for one in answer.json["fixes"]["fixed"]] == ["POC101"]
        assert answer.json["fixes"]["written"] is True

    def test_a_file_of_that_name_is_left_and_so_is_the_notebook(self, poc, prototype, tmp_path):
        notebook = prototype(*READS)
        before = notebook.read_bytes()
        (tmp_path / "exclusions.csv").write_text("mine\n", encoding="utf-8")

        answer = poc("check", notebook, "--select", "POC2", "--fix", "POC202")

        assert answer.status == 1
        assert "POC202 is not fixed: exclusions.csv is there already" in answer.err
        assert notebook.read_bytes() == before
        assert (tmp_path / "exclusions.csv").read_text(encoding="utf-8") == "mine\n"

    def test_a_read_only_notebook_leaves_no_file_beside_it(self, poc, prototype, tmp_path):
        notebook = prototype(*READS)
        notebook.chmod(0o444)

        answer = poc("check", notebook, "--fix", "POC202")

        assert answer.status == 2
        assert "is read-only. Make it writable." in answer.err
        assert [path.name for path in tmp_path.iterdir()] == [notebook.name]

    def test_an_unknown_code_is_bad_use(self, poc, prototype):
        answer = poc("check", prototype("x = 1"), "--fix", "POC999")

        assert answer.status == 2
        assert "no rule's code begins with 'POC999'" in answer.err


class TestOutput:
    @pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "html"])
    def test_a_file_gets_what_the_screen_would(self, poc, prototype, tmp_path, form):
        notebook = prototype(DROP)
        shown = poc("check", notebook, "--format", form, "--quiet")

        answer = poc("check", notebook, "--format", form, "--output", tmp_path / "report")

        assert (tmp_path / "report").read_text(encoding="utf-8") == shown.out
        assert answer.out == "1 blocker in 1 notebook.\n"
        assert answer.status == 1

    def test_a_file_that_cannot_be_written_is_one_sentence(self, poc, prototype, tmp_path):
        answer = poc("check", prototype(DROP), "--output", tmp_path / "no" / "report")

        assert answer.status == 2
        assert "cannot be written" in answer.err

    def test_fixes_are_told_in_a_file_too(self, poc, prototype, tmp_path):
        schema = json.loads((files("poc_graduate.report") / "findings.schema.json").read_text())
        notebook = prototype("breakpoint()\nx = 1", DROP)

        for options in (["--diff"], ["--fix"]):
            poc("check", notebook, *options, "--format", "json", "--output", tmp_path / "report")
            document = json.loads((tmp_path / "report").read_text(encoding="utf-8"))
            jsonschema.validate(document, schema)
            assert document["fixes"]["written"] is (options == ["--fix"])
            assert document["fixes"]["fixed"]


class TestBaseline:
    def test_only_what_is_new_is_shown(self, poc, prototype, tmp_path):
        baseline = tmp_path / "baseline.json"
        notebook = prototype(DROP)

        first = poc("check", notebook, "--baseline", baseline, "--write-baseline")
        again = poc("check", notebook, "--baseline", baseline)
        prototype("x = 1", DROP, "breakpoint()")
        edited = poc("check", notebook, "--baseline", baseline)

        assert (first.status, first.out) == (
            0,
            "Nothing new found in 1 notebook; 1 accepted before.\n",
        )
        assert (again.status, again.out) == (0, first.out)
        assert edited.status == 1
        assert "POC808" in edited.out
        assert "POC202" not in edited.out

    def test_what_was_mended_is_told_and_dropped(self, poc, prototype, tmp_path):
        baseline = tmp_path / "baseline.json"
        notebook = prototype(DROP)
        poc("check", notebook, "--baseline", baseline, "--write-baseline")
        prototype("x = 1")

        mended = poc("check", notebook, "--baseline", baseline)
        poc("check", notebook, "--baseline", baseline, "--write-baseline")

        assert mended.out.splitlines()[-1] == (
            "1 accepted finding is no longer there; --write-baseline drops it."
        )
        assert "POC202" not in baseline.read_text(encoding="utf-8")

    def test_codes_that_are_not_asked_for_stay_accepted(self, poc, prototype, tmp_path):
        baseline = tmp_path / "baseline.json"
        notebook = prototype(DROP, "breakpoint()")
        poc("check", notebook, "--baseline", baseline, "--write-baseline")

        poc("check", notebook, "--select=POC8", "--baseline", baseline, "--write-baseline")

        assert poc("check", notebook, "--baseline", baseline).status == 0

    def test_what_was_accepted_is_not_mended(self, poc, prototype, tmp_path):
        baseline = tmp_path / "baseline.json"
        notebook = prototype(*READS, DROP)
        poc("check", notebook, "--baseline", baseline, "--write-baseline")
        before = notebook.read_bytes()

        answer = poc("check", notebook, "--fix", "POC202", "--baseline", baseline)

        assert answer.status == 0
        assert notebook.read_bytes() == before
        poc("check", notebook, "--fix", "POC202")
        assert notebook.read_bytes() != before

    def test_a_baseline_that_is_not_there_accepts_nothing(self, poc, prototype, tmp_path):
        answer = poc("check", prototype(DROP), "--baseline", tmp_path / "none.json")

        assert answer.status == 2
        assert "does not exist. Write it with --write-baseline" in answer.err
        assert not (tmp_path / "none.json").exists()

    def test_writing_needs_a_file(self, poc, prototype):
        assert poc("check", prototype(DROP), "--write-baseline").status == 2
