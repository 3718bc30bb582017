"""POC110 hosted-module."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._ends import Hosted, hosted_imports
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView

_PICKS = "google.colab.files.upload"


class HostedModule(Rule):
    """A module is imported that only one service has, such as Colab.

    One finding a service.

    Why it bites: nobody publishes the module; on a laptop, on a server and in a scheduled job the
    run ends at the import, before anything is read.
    On export: the observed run ends here too, unless it is made where the module is; the import
    stays as it is.
    """

    code, name, severity = "POC110", "hosted-module", Severity.BLOCKER
    message = "`{module}` is there only {service}; a run elsewhere comes no further"

    flagged = (
        Flagged(
            "«from google.colab import drive»\ndrive.mount('/content/drive')",
            says="`google.colab` is there only in Colab; a run elsewhere",
        ),
        Flagged(
            "«from google.colab import drive»\n# %%\nfrom google.colab import files\n"
            "files.download('a.csv')"
        ),
        Flagged(
            "«from kaggle_secrets import UserSecretsClient»\nkey = UserSecretsClient()",
            says="only on Kaggle",
        ),
        Flagged("import pandas as pd\n«import google.colab.data_table»", says="`google.colab`"),
    )
    ignored = (
        "try:\n    from google.colab import drive\nexcept ImportError:\n    drive = None",
        "import sys\nif 'google.colab' in sys.modules:\n    from google.colab import drive",
        "from google.cloud import bigquery",
        "import google.colaboratory",
        # POC108 says that of what is picked by hand
        "from google.colab import files\nup = files.upload()",
        "!pip install google-colab\nfrom google.colab import drive",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        told: set[str] = set()
        for one in hosted_imports(notebook):
            if one.service in told or _is_installed(one, notebook) or _only_picks(one, notebook):
                continue
            told.add(one.service)
            yield self.found(one.node, one.cell, module=one.module, service=one.service)


def _is_installed(one: Hosted, notebook: NotebookView) -> bool:
    """Whether the notebook installs a library of this name: then somebody has made it run."""
    named = one.module.replace(".", "-").replace("_", "-")
    return any(
        "install" in magic.arguments and named in magic.arguments.replace("_", "-")
        for cell in notebook.cells
        for magic in cell.cell.magics
    )


def _only_picks(one: Hosted, notebook: NotebookView) -> bool:
    """Whether all that is imported here is a dialog to pick files, which the notebook opens."""
    names = {name.asname or name.name for name in one.node.names}
    picks = any(
        cell.module(call.func) == _PICKS
        for cell in notebook.cells
        for call in cell.calls.get("upload", ())
    )
    return picks and {notebook.imports.get(name) for name in names} == {"google.colab.files"}
