"""POC506 time-shuffled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc5_evaluation._flow import flow_of, text_of, view_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_START = (
    "df = pd.read_csv('prices.csv', parse_dates=['day'])\n"
    "df['before'] = df['price'].shift(1)\ndf = df.dropna()\n"
)
_FIT = "\nm = Ridge().fit(a, c)\nm.score(b, d)"


class TimeShuffled(Rule):
    """Rows that were made from their neighbours in time are dealt to training and test at random.

    Why it bites: the model is tested on days between days that it knows; the days it will be
    asked about come after all of them.
    On export: nothing is changed: it would change the result; the finding stays in the report.
    """

    code, name, severity = "POC506", "time-shuffled", Severity.RISK
    message = (
        "`{data}` holds values of earlier rows (`{how}`) and is split at random; "
        "what comes after the last row will be harder than what lies in between"
    )

    flagged = (
        Flagged(
            _START + "a, b, c, d = «train_test_split(df[['before']], df['price'])»" + _FIT,
            says="earlier rows (`shift`)",
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf['mean'] = df['kwh'].rolling(24).mean()\n"
            "a, b, c, d = «train_test_split(df[['mean']], df.kwh, random_state=1)»" + _FIT,
            says="rolling",
        ),
        Flagged(
            _START + "X = df.drop(columns='price')\n"
            "a, b, c, d = «train_test_split(X, df['price'], test_size=0.1)»" + _FIT
        ),
    )
    ignored = (
        _START + "a, b, c, d = train_test_split(df[['before']], df.price, shuffle=False)" + _FIT,
        # dates alone make no series
        "df = pd.read_csv('a.csv', parse_dates=['born'])\n"
        "a, b, c, d = train_test_split(df[['born']], df['y'])" + _FIT,
        # how long ago the row before was: a span, and no value of that row
        "df = pd.read_csv('a.csv')\ndf['gap'] = df.groupby('id')['at'].diff().dt.days\n"
        "a, b, c, d = train_test_split(df[['gap']], df['y'])" + _FIT,
        "df = pd.read_csv('a.csv')\ndf['gap'] = (df.at - df.at.shift()) / np.timedelta64(1, 'D')\n"
        "a, b, c, d = train_test_split(df[['gap']], df['y'])" + _FIT,
        # made, and not used
        _START + "a, b, c, d = train_test_split(df[['volume']], df['price'])" + _FIT,
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        flow = flow_of(notebook)
        if not flow.fits:
            return
        for one in flow.splits:
            lags = [learned for learned in one.value.learned if learned.kind == "neighbours"]
            lags = [lag for lag in lags if not _is_span(view_of(notebook, lag.cell), lag.node)]
            if lags and one.shuffled:
                lag = min(lags, key=lambda learned: (learned.cell, learned.node.lineno))
                how = getattr(getattr(lag.node, "func", None), "attr", "shift")
                data = text_of(one.argument, "what is split")
                yield self.found(one.node, view_of(notebook, one.cell), data=data, how=how)
                return


_SPAN = re.compile(r"\.dt\.(days|seconds|total_seconds)\b|timedelta", re.I)


def _is_span(cell: CellView, made: ast.expr) -> bool:
    """Whether the time between two rows is measured: `df['day'].diff().dt.days`."""
    statement = cell.statement(made)
    return statement is not None and _SPAN.search(cell.source(statement)) is not None
