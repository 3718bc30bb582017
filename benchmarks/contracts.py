"""How well contracts tell bad batches from clean ones, beside what `pandera.infer_schema` tells.

    python benchmarks/contracts.py [--seed N] [--only WORD] [--each N] [--folder TABLES]

The tables (`contract_tables.py`) are cut by time and at random; with `--folder`, they are CSV files
of your own whose rows are in the order of time, next to one or four batches before them. Each clean
batch is checked, and then damaged in each way that fits it, in 5 % and in 20 % of its rows; a way
that leaves nothing to see in a table does not fit it. Printed: false alarms, for each way of
cutting, and the share of the damaged batches that were caught, by kind and way. An alarm is what
ends `contract check` in status 1: warnings are none.
"""

from __future__ import annotations

import argparse
import json
import logging
import string
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from contract_tables import Frame, Random, cases, cases_of

from poc_graduate.contracts.batches import read_batch_file
from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.generate.contracts import table
from poc_graduate.generate.contracts.emit import profile, schema
from poc_graduate.generate.contracts.trial import evaluated, exported

# Ways to damage ----------------------------------------------------------------------------------

Way = Callable[[Frame, np.ndarray, Random, list[Frame]], Frame | None]


def numeric(frame: Frame, random: Random, distinct: int = 12) -> str | None:
    """Some column of numbers that are no counter."""

    def fits(column: pd.Series) -> bool:
        number = pd.api.types.is_numeric_dtype(column) and column.nunique() > distinct
        return number and (column.dtype == float or not column.is_unique)

    return pick([name for name in frame if fits(frame[name])], random)


def textual(frame: Frame, random: Random, fewest: int = 2, most: int = 10**9) -> str | None:
    """Some column of texts that are no dates."""
    dates = dated(frame)
    return pick([c for c in frame if not pd.api.types.is_numeric_dtype(frame[c]) and c not in dates
                 and fewest <= frame[c].nunique() <= most], random)  # fmt: skip


def dated(frame: Frame) -> list[str]:
    """Columns of dates: texts that are all written in one of the usual ways."""
    return [name for name in frame if style_of(frame[name])]


def style_of(column: pd.Series) -> str:
    """How a column writes its dates; empty where it holds none."""
    if pd.api.types.is_numeric_dtype(column):
        return ""
    texts = column.dropna().astype(str)
    for form, style in STYLES.items():
        if len(texts) and texts.str.fullmatch(form).mean() > 0.95:
            months = texts.str.extract(r"^\d+/(\d+)/")[0].astype(float)
            return style.replace("%d/%m", "%m/%d") if months.max() > 12 else style
    return ""


STYLES = {
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": "%Y-%m-%dT%H:%M:%SZ",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d": "%Y-%m-%d %H:%M:%S",
    r"\d{4}-\d\d-\d\d": "%Y-%m-%d",
    r"\d\d\.\d\d\.\d{4}": "%d.%m.%Y",
    r"\d{4}/\d+/\d+": "%Y/%m/%d",
    r"\d+/\d+/\d{4}": "%d/%m/%Y",
    r"\d\d-\d\d-\d{4} \d\d:\d\d": "%d-%m-%Y %H:%M",
}


def pick(some: list[str], random: Random) -> str | None:
    """One of them."""
    return some[random.integers(len(some))] if some else None


def on_numbers(change: Callable[[pd.Series, Random], object], distinct: int = 12) -> Way:
    """A way that changes some rows of a column of numbers."""

    def way(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
        name = numeric(frame, random, distinct)
        if name is None:
            return None
        made = frame.copy()
        column = made[name].astype(object)
        column[rows] = change(made[name][rows], random)
        made[name] = column
        return made

    return way


def on_texts(
    change: Callable[[pd.Series, Random], object], fewest: int = 2, most: int = 10**9
) -> Way:
    """A way that changes some rows of a column of texts."""

    def way(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
        name = textual(frame, random, fewest, most)
        if name is None:
            return None
        made = frame.copy()
        made.loc[rows, name] = change(made[name][rows], random)
        return None if made[name].equals(frame[name]) else made

    return way


def on_dates(change: Callable[[pd.Series, pd.Series], object], *, events: bool = False) -> Way:
    """A way that changes some rows of a column of dates: gets texts and moments."""

    def way(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
        name = event(frame) if events else pick(dated(frame), random)
        if name is None:
            return None
        made = frame.copy()
        moments = moments_of(made[name])
        changed = change(made[name], moments)
        made.loc[rows, name] = pd.Series(changed, index=made.index)[rows]
        return None if made[name].equals(frame[name]) else made

    return way


PLAIN_DATES = ("born", "signup")
"""Dates of our own tables at which nothing happens."""


def event(frame: Frame) -> str | None:
    """The column that says when a row happened: the first of dates."""
    return next((c for c in dated(frame) if c not in PLAIN_DATES), None)


def moments_of(texts: pd.Series) -> pd.Series:
    """Dates as moments."""
    return pd.to_datetime(texts, format=style_of(texts), errors="coerce", utc=True)


def written_like(texts: pd.Series, moments: pd.Series) -> pd.Series:
    """Moments in the style of the texts."""
    return moments.dt.strftime(style_of(texts))


def late(windows: float) -> Way:
    """Event times that lie before the batch's window."""

    def change(texts: pd.Series, moments: pd.Series) -> pd.Series:
        return written_like(texts, moments - windows * (moments.max() - moments.min()))

    return on_dates(change, events=True)


def drop_column(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """A column is gone."""
    return frame.drop(columns=[pick(list(frame), random)]) if frame.shape[1] > 1 else None


def rename_column(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """A column has another name."""
    name = pick(list(frame), random)
    return frame.rename(columns={name: f"{name}_new"})


def redelivered(frame: Frame, rows: np.ndarray, random: Random, known: list[Frame]) -> Frame | None:
    """Rows of the reference come again."""
    last = known[-1]
    some = last.iloc[random.choice(len(last), int(rows.sum()))]
    return pd.concat([frame[~rows], some]).sample(frac=1, random_state=1).reset_index(drop=True)


def doubled(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """Rows stand twice."""
    if frame.duplicated().mean() > 0.02:
        return None
    return pd.concat([frame, frame[rows]], ignore_index=True)


def hole(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """No rows for a while."""
    name = event(frame)
    if name is None:
        return None
    inside = moments_of(frame[name]).rank(pct=True, method="first")
    share = rows.mean()
    return frame[(inside < 0.4) | (inside > 0.4 + share)].reset_index(drop=True)


def swapped(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """Two columns of numbers change places."""
    some = [c for c in frame if pd.api.types.is_float_dtype(frame[c]) and frame[c].nunique() > 12]
    if len(some) < 2:
        return None
    a, b = random.choice(some, 2, replace=False)
    made = frame.copy()
    made.loc[rows, a], made.loc[rows, b] = frame.loc[rows, b], frame.loc[rows, a]
    return made


def remapped(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """Each category is called as another one, where that leaves something to see."""
    some = [c for c in frame if 2 <= frame[c].nunique() <= 8 and c not in dated(frame)]
    some = [name for name in some if tells(frame, name)]
    name = pick(some, random)
    if name is None:
        return None
    values = frame[name].dropna().unique()
    made = frame.copy()
    made.loc[rows, name] = frame.loc[rows, name].map(
        dict(zip(values, np.roll(values, 1), strict=True))
    )
    return made


def unjoined(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """Keys that nobody knows, written as the known ones are."""
    keys = [
        c for c in frame if not pd.api.types.is_numeric_dtype(frame[c]) and c not in dated(frame)
        and 30 < frame[c].nunique() < 0.6 * len(frame) and frame[c].str.len().max() < 12
    ]  # fmt: skip
    name = pick(keys, random)
    if name is None:
        return None
    made = frame.copy()
    alike = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
    letters = {one: list(some) for some in alike for one in some}

    def another(key: str) -> str:
        return "".join(str(random.choice(letters.get(one, [one]))) for one in key)

    made.loc[rows, name] = frame.loc[rows, name].map(another, na_action="ignore")
    return made


def tells(frame: Frame, name: str) -> bool:
    """Whether categories differ in how many they are, in some number, or from row to row."""
    shares = frame[name].value_counts(normalize=True)
    stays = (frame[name] == frame[name].shift()).mean() > 1.5 * float((shares**2).sum())
    numbers = frame.select_dtypes("number").drop(columns=name, errors="ignore")
    ranks = numbers.rank(pct=True)
    between = ranks.groupby(frame[name]).transform("mean").var() / ranks.var()
    return bool(shares.max() - shares.min() > 0.15 or stays or (between > 0.05).any())


def goes_with(frame: Frame, name: str) -> bool:
    """Whether a number goes with another one, or with the row before."""
    numbers = frame.select_dtypes("number")
    others = numbers.drop(columns=name).corrwith(numbers[name], method="spearman").abs()
    return bool((others > 0.3).any() or abs(frame[name].autocorr()) > 0.6)


def shuffled(frame: Frame, rows: np.ndarray, random: Random, _: list[Frame]) -> Frame | None:
    """A column's values stand in other rows, where that leaves something to see."""
    name = numeric(frame, random)
    if name is not None and not goes_with(frame, name):
        return None
    if name is None:
        return None
    made = frame.copy()
    made.loc[rows, name] = random.permutation(frame.loc[rows, name].to_numpy())
    return made


def broken_letters(texts: pd.Series, random: Random) -> pd.Series:
    """UTF-8 read as Windows-1252, where that changes anything."""
    return texts.map(lambda t: t.encode().decode("cp1252", "replace") if isinstance(t, str) else t)


WAYS: dict[str, dict[str, Way]] = {
    "missing": {
        "blank numbers": on_numbers(lambda s, r: np.nan, 2),
        "blank texts": on_texts(lambda s, r: None),
        "-999": on_numbers(lambda s, r: -999, 2),
        "N/A in numbers": on_numbers(lambda s, r: "N/A", 2),
        "N/A in texts": on_texts(lambda s, r: "N/A"),
        "1900-01-01": on_dates(lambda t, m: written_like(t, pd.to_datetime(
            pd.Series(["1900-01-01"] * len(t), index=t.index), utc=True))),
        "filled with 0": on_numbers(lambda s, r: 0),
        "filled with the mean": on_numbers(lambda s, r: round(float(s.mean()), 2)),
        "column gone": drop_column,
        "column renamed": rename_column,
    },
    "formats": {
        "decimal comma": on_numbers(lambda s, r: s.map(lambda v: f"{v:.2f}".replace(".", ","))),
        "thousands": on_numbers(lambda s, r: s.map(lambda v: f"{1000 * v:,.2f}")),
        "unit in text": on_numbers(lambda s, r: s.map(lambda v: f"{v} kg")),
        "date order": on_dates(lambda t, m: m.dt.strftime("%m/%d/%Y")),
        "date words": on_dates(lambda t, m: m.dt.strftime("%d %b %Y")),
        "identifier": on_texts(lambda s, r: s.str.replace("-", "").str.lower(), 60),
        "case": on_texts(lambda s, r: s.str.upper()),
        "white space": on_texts(lambda s, r: s + " "),
        "damaged letters": on_texts(broken_letters),
        "new category": on_texts(lambda s, r: "something else", 2, 12),
        "misspelt": on_texts(lambda s, r: s.str[:-1] + s.str[-1:] * 2, 2, 12),
    },
    "late": {
        "a window late": late(1.0),
        "three windows late": late(3.0),
        "delivered before": redelivered,
        "doubled": doubled,
        "gap": hole,
    },
    "drift": {
        "× 1000": on_numbers(lambda s, r: s * 1000),
        "× 100": on_numbers(lambda s, r: s * 100),
        "× 2.54": on_numbers(lambda s, r: s * 2.54),
        "÷ 1.609": on_numbers(lambda s, r: (s / 1.609).round(2)),
        "°C as °F": on_numbers(lambda s, r: s * 1.8 + 32),
        "sign turned": on_numbers(lambda s, r: -s),
        "columns swapped": swapped,
        "categories remapped": remapped,
        "+ 1.5 deviations": on_numbers(lambda s, r: s + 1.5 * s.std()),
        "relation lost": shuffled,
        "keys unknown": unjoined,
    },
}  # fmt: skip


# Judging -----------------------------------------------------------------------------------------


class Ours:
    """Contracts of this package."""

    def __init__(self, paths: list[Path]) -> None:
        self.contract = learn([(p.name, read_batch_file(str(p))[0]) for p in paths])

    def alarm(self, path: Path) -> str:
        """Why the batch is not accepted; empty where it is."""
        report = check(self.contract, read_batch_file(str(path), self.contract)[0])
        return "; ".join(f"{f.column}: {f.says} ({f.found})" for f in report.findings
                         if f.severity == "stop")  # fmt: skip


class Emitted:
    """The contract as an exported project has it: schema, profile, and the module that checks."""

    def __init__(self, paths: list[Path]) -> None:
        frame = pd.concat([pd.read_csv(p) for p in paths], ignore_index=True)
        made = table(frame, "reference", about="", clean=False)
        self.made = None if isinstance(made, str) else made
        if self.made is None:
            print(made, file=sys.stderr)
            return
        self.schema = evaluated(schema(self.made))
        self.reference = paths[0].with_suffix(".json")
        self.reference.write_text(json.dumps(profile(self.made)), encoding="utf-8")

    def alarm(self, path: Path) -> str:
        """Why the batch is not accepted; empty where it is."""
        if self.made is None:
            return ""
        try:
            frame = pd.read_csv(path)
            exported("batches").admit(
                frame, self.schema, source=path.name, reference=self.reference
            )
        except ValueError as broken:
            return str(broken)
        return ""


class Pandera:
    """What `pandera.infer_schema` makes of the reference."""

    def __init__(self, paths: list[Path]) -> None:
        import pandera.pandas as pa

        frame = pd.concat([pd.read_csv(p) for p in paths], ignore_index=True)
        self.schema = pa.infer_schema(frame)

    def alarm(self, path: Path) -> str:
        """Why the batch is not accepted; empty where it is."""
        try:
            self.schema.validate(pd.read_csv(path), lazy=True)
        except Exception as broken:
            return type(broken).__name__
        return ""


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="")
    asked.add_argument("--each", type=int, default=10, help="ways tried in each case")
    asked.add_argument("--folder", type=Path, help="CSV files, in the order of time, instead")
    asked.add_argument("--verbose", action="store_true")
    asked.add_argument("--emitted", action="store_true", help="verbose about the emitted contract")
    given = asked.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    random = np.random.default_rng(given.seed)
    ways = [(kind, how, way) for kind, some in WAYS.items() for how, way in some.items()]
    tally: dict[tuple[str, ...], list[tuple[bool, ...]]] = defaultdict(list)
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for case in cases_of(given.folder, random) if given.folder else cases(random):
            if given.only not in case.name:
                continue
            paths = [Path(folder) / f"reference{i}.csv" for i in range(len(case.reference))]
            for path, frame in zip(paths, case.reference, strict=True):
                frame.to_csv(path, index=False)
            judges = Ours(paths), Emitted(paths), Pandera(paths)
            batch = Path(folder) / "batch.csv"

            def ask(frame: Frame, *names: str, judges=judges, batch=batch, case=case) -> None:
                frame.to_csv(batch, index=False)
                said = [judge.alarm(batch) for judge in judges]
                tally[names].append(tuple(map(bool, said)))
                at = int(given.emitted)
                wrong = bool(said[at]) == (names[0] == "clean")
                if given.verbose and wrong:
                    print(case.name, names, said[at][:300], flush=True)

            for frame in case.clean:
                ask(frame, "clean", case.cut)
            order = random.permutation(len(ways))
            done = 0
            for kind, how, way in (ways[i] for i in order):
                frame = case.clean[random.integers(len(case.clean))]
                for share in (0.05, 0.2):
                    rows = random.random(len(frame)) < share
                    damaged = way(frame, rows, random, case.reference)
                    if damaged is None or not rows.any():
                        break
                    ask(damaged, kind, how, f"{share:.0%}")
                else:
                    done += 1
                if done >= given.each:
                    break
    show(tally)
    print(f"{time.process_time() - start:.0f} s of processor time", file=sys.stderr)


def show(tally: dict[tuple[str, ...], list[tuple[bool, ...]]]) -> None:
    """Shares, ours, the emitted contracts' and pandera's, by kind and way."""

    def line(what: str, some: list[tuple[bool, ...]]) -> str:
        shares = [sum(one[i] for one in some) / max(len(some), 1) for i in (0, 1, 2)]
        return f"{what:40}{''.join(f'{share:9.1%}' for share in shares)} {len(some):8}"

    def of(*names: str, share: str = "") -> list[tuple[bool, ...]]:
        keys = [k for k in tally if k[: len(names)] == names and k[0] != "clean"]
        return [one for key in keys if not share or key[-1] == share for one in tally[key]]

    print(f"{'':40}{'ours':>9}{'emitted':>9}{'pandera':>9} {'batches':>8}")
    for cut in ("random", "time"):
        print(line(f"false alarms, clean batches, cut: {cut}", tally["clean", cut]))
    for share in ("20%", "5%"):
        print(line(f"caught, {share} of the rows damaged", of(share=share)))
        for kind, ways in WAYS.items():
            print(line(f"  {kind}", of(kind, share=share)))
            for way in ways:
                print(line(f"    {way}", of(kind, way, share=share)))


if __name__ == "__main__":
    main()
