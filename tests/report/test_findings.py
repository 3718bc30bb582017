"""Findings as text, JSON, SARIF and annotations: complete, valid, and in the right place."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from poc_graduate.api import check_all
from poc_graduate.report.findings import SCHEMA, as_text, summary
from poc_graduate.report.formats import FORMATS
from poc_graduate.rules.finding import Severity
from poc_graduate.rules.run import rules
from poc_graduate.rules.survey import Survey
from tests.report.findings import DROP, PATH, RUFF, survey

JSON_SCHEMA = json.loads((files("poc_graduate.report") / "findings.schema.json").read_text())
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def found(tmp_path, monkeypatch) -> Survey:
    monkeypatch.chdir(tmp_path)
    return survey(Path())


@pytest.fixture(scope="module")
def every_rule(tmp_path_factory) -> Survey:
    """What the rules find in their own examples."""
    folder = tmp_path_factory.mktemp("examples")
    for rule in rules():
        for number, case in enumerate(rule.flagged):
            script = folder / f"{rule.code}_{number}.py"
            script.write_text(f"# %%\n{case.plain}\n", encoding="utf-8")
    return check_all(sorted(folder.glob("*.py")))


class TestText:
    def test_a_fix_stands_below_with_how_to_ask_for_it(self):
        *_, told, fix, _ = as_text("churn.ipynb", DROP).split("\n")

        assert told.startswith("POC202 blocker  rows [12]")
        assert fix == (
            "       fix      move them to exclusions.csv, with a reason each   (check --fix POC202)"
        )

    def test_a_safe_fix_needs_no_code_and_stays_in_one_line(self):
        *_, fix, _ = as_text("churn.ipynb", replace(PATH, severity=Severity.RISK)).split("\n")

        assert fix == "       fix   name it once at the top   (check --fix)"

    def test_another_tool_is_named(self):
        assert as_text("a.ipynb", RUFF).rstrip().endswith(" (ruff)")
        assert "(poc-graduate)" not in as_text("a.ipynb", DROP)

    def test_of_a_long_line_the_place_is_shown(self):
        long = replace(DROP, line_text=f"{'x' * 5_000}df.drop([12]); {'y' * 5_000}")
        place = replace(DROP.place, column=5_009)

        _, line, caret, *_ = as_text("a.ipynb", replace(long, place=place, end_column=5_013)).split(
            "\n"
        )

        assert len(line) < 220
        assert line[caret.index("^") : caret.rindex("^") + 1] == "[12]"

    def test_the_summary_tells_what_a_baseline_left_out(self, found):
        assert summary(found).split("\n") == [
            "3 blockers, 1 note in 3 notebooks; 2 accepted before.",
            "1 accepted finding is no longer there; --write-baseline drops it.",
        ]


class TestJson:
    def test_it_holds_to_the_schema(self, found, every_rule):
        jsonschema.Draft202012Validator.check_schema(JSON_SCHEMA)

        for one in (found, every_rule, Survey()):
            jsonschema.validate(json.loads(FORMATS["json"](one)), JSON_SCHEMA)

    def test_schema_and_document_have_the_same_keys(self, found):
        document = json.loads(FORMATS["json"](found))
        parts = JSON_SCHEMA["$defs"]
        fix = document["findings"][0]["fix"]

        assert document.keys() == parts["report"]["properties"].keys() - {"fixes"}
        assert document["findings"][0].keys() == parts["finding"]["properties"].keys()
        assert fix.keys() == parts["fix"]["properties"].keys()
        assert fix["edits"][0].keys() == parts["edit"]["properties"].keys()
        assert document["errors"][0].keys() == parts["error"]["properties"].keys()

    def test_the_schema_is_of_this_version(self):
        assert JSON_SCHEMA["$defs"]["report"]["properties"]["version"] == {"const": SCHEMA}
        assert JSON_SCHEMA["$id"].endswith(f":{SCHEMA}")

    @pytest.mark.parametrize("key", ["code", "fix", "cell"])
    def test_the_schema_misses_what_is_missing(self, found, key):
        document = json.loads(FORMATS["json"](found))
        del document["findings"][0][key]

        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, JSON_SCHEMA)

    def test_a_fix_is_given_as_edits(self, found):
        first, second, *_ = json.loads(FORMATS["json"](found))["findings"]

        assert second["fix"]["cells"] == [{"before": 2, "source": "import csv", "tags": ["setup"]}]
        assert second["fix"]["removed"] == [4]
        assert first["fix"]["safe"] is True
        assert first["fix"]["edits"][1] == {
            "cell": 2, "line": 2, "column": 18, "end_line": 2, "end_column": 39, "text": "CHURN",
        }  # fmt: skip
        assert second["fix"]["files"] == [{"path": "exclusions.csv", "text": "key,reason\n12,\n"}]


class TestSarif:
    def test_it_holds_to_the_standard(self, found, every_rule):
        """The models were generated from the schema of SARIF 2.1.0 and admit nothing else."""
        for one in (found, every_rule, Survey()):
            Sarif.model_validate_json(FORMATS["sarif"](one))

    def test_another_document_does_not(self, found):
        document = json.loads(FORMATS["sarif"](found))
        document["runs"][0]["results"][0]["levle"] = "error"

        with pytest.raises(ValueError, match="levle"):
            Sarif.model_validate(document)

    def test_each_tool_has_its_run_and_its_rules(self, found):
        ours, ruff = json.loads(FORMATS["sarif"](found))["runs"]

        told = [rule["id"] for rule in ours["tool"]["driver"]["rules"]]
        assert told == ["POC101", "POC202"]
        assert "**Why it bites:**" in ours["tool"]["driver"]["rules"][1]["help"]["markdown"]
        assert [told[r["ruleIndex"]] for r in ours["results"]] == ["POC101", "POC202", "POC202"]
        assert [r["level"] for r in ours["results"]] == ["error"] * 3
        assert ruff["tool"]["driver"]["rules"] == [{"id": "F821", "helpUri": RUFF.link}]
        assert ruff["results"][0]["level"] == "note"

    def test_regions_are_where_the_text_stands_in_the_file(self, found):
        ours, ruff = json.loads(FORMATS["sarif"](found))["runs"]
        text = Path("a b/churn.ipynb").read_text(encoding="utf-8").split("\n")

        def underlined(result):
            region = result["locations"][0]["physicalLocation"]["region"]
            line = text[region["startLine"] - 1]
            return line[region["startColumn"] - 1 : region["endColumn"] - 1]

        assert underlined(ours["results"][0]) == "'/home/ann/churn.csv'"
        assert underlined(ours["results"][1]) == "[12]"
        assert underlined(ruff["results"][0]) == "del x"

    def test_without_a_line_of_its_own_a_result_has_the_cells(self, found):
        compact = Path("a b/churn.ipynb")
        compact.write_text(json.dumps(json.loads(compact.read_text()), indent=None))

        result = json.loads(FORMATS["sarif"](found))["runs"][0]["results"][0]

        (place,) = result["locations"]
        assert place["physicalLocation"]["region"] == {"startLine": 1}
        assert place["logicalLocations"][0]["fullyQualifiedName"] == "cell 2, line 2"
        assert "fixes" not in result

    def test_fixes_can_be_applied_to_the_file(self, found):
        (ours, _) = json.loads(FORMATS["sarif"](found))["runs"]
        path, drop, _ = ours["results"]
        (change,) = path["fixes"][0]["artifactChanges"]
        lines = Path("a b/churn.ipynb").read_text(encoding="utf-8").split("\n")

        for one in reversed(change["replacements"]):
            region, text = one["deletedRegion"], one["insertedContent"]["text"]
            line = lines[region["startLine"] - 1]
            before, after = line[: region["startColumn"] - 1], line[region["endColumn"] - 1 :]
            lines[region["startLine"] - 1] = before + text + after

        assert "".join(json.loads("\n".join(lines))["cells"][1]["source"]) == (
            'CHURN = "/home/ann/churn.csv"\nimport pandas as pd\n'
            "df = pd.read_csv(CHURN)\ndf = df.drop([12])"
        )
        assert "fixes" not in drop  # it makes a file and a cell, which SARIF cannot say
        assert drop["properties"]["fix"] == DROP.fix.title

    def test_addresses_are_relative_and_nothing_tells_of_the_machine(self, found, tmp_path):
        text = FORMATS["sarif"](found)

        assert '"uri": "a%20b/churn.ipynb"' in text
        assert str(tmp_path) not in text

    def test_fingerprints_survive_edits_elsewhere_and_tell_equal_lines_apart(self, found):
        def marks(one):
            runs = json.loads(FORMATS["sarif"](one))["runs"]
            return [r["partialFingerprints"]["primaryLocationLineHash"] for r in runs[0]["results"]]

        first = found.checked[0]
        moved = replace(DROP, place=replace(DROP.place, line=1))
        later = Survey((replace(first, findings=(PATH, moved, DROP)),))

        assert marks(later)[:2] == marks(found)[:2]
        assert len(set(marks(later))) == 3

    def test_errors_are_told(self, found):
        (invocation,) = json.loads(FORMATS["sarif"](found))["runs"][0]["invocations"]

        assert invocation["executionSuccessful"] is False
        assert (
            "bad.ipynb is empty" in invocation["toolExecutionNotifications"][0]["message"]["text"]
        )


class TestGithub:
    def test_annotations_stand_at_the_line_of_the_file(self, found):
        first, *_, last = FORMATS["github"](found).splitlines()
        text = Path("a b/churn.ipynb").read_text(encoding="utf-8").split("\n")

        line = int(re.search(r",line=(\d+)", first)[1])
        assert "/home/ann/churn.csv" in text[line - 1]
        assert first.startswith(f"::error file=a b/churn.ipynb,line={line},endLine={line},title=")
        assert last.endswith("in the next file these are other rows")

    def test_nothing_in_a_message_is_a_command(self, found):
        text = FORMATS["github"](found)

        assert len(text.splitlines()) == 4
        assert "alert('%2525')" in text
