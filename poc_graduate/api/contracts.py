"""The verbs about data: what batches have in common, and whether a batch keeps to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from poc_graduate.contracts.model import Contract, Report

    Batch = str | Path | pd.DataFrame


def contract_learn(*batches: Batch, ordered: bool = True) -> Contract:
    """What reference batches have in common, as a contract.

    Args:
        batches: Paths (CSV, Parquet, Excel, JSON lines, `file.db::table`) or frames, in the order
            of time.
        ordered: Whether they are in that order.

    Returns:
        The contract; `contracts.text.to_yaml` writes it.

    Raises:
        InputError: a batch cannot be read, or nothing can be learnt from it.
    """
    _need_pandas()
    from poc_graduate.contracts.batches import UTF_8
    from poc_graduate.contracts.learn import learn

    read = [_read(batch, number) for number, batch in enumerate(batches, 1)]
    contract = learn([(name, frame) for name, frame, _ in read], ordered=ordered)
    sources = tuple(
        replace(source, encoding="" if encoding == UTF_8 else encoding)
        for source, (_, _, encoding) in zip(contract.sources, read, strict=True)
    )
    return replace(contract, sources=sources)


def contract_check(contract: Contract | str | Path, *batches: Batch) -> tuple[Report, ...]:
    """Whether batches keep to a contract.

    Args:
        contract: What `contract_learn` returned, or the path of its YAML.
        batches: As for `contract_learn`.

    Returns:
        A report for each batch: `holds`, all findings, the rows to put aside with their reasons.

    Raises:
        InputError: the contract or a batch cannot be read.
    """
    _need_pandas()
    from poc_graduate.contracts.batches import UTF_8
    from poc_graduate.contracts.check import check
    from poc_graduate.contracts.model import Contract, Finding

    known = contract if isinstance(contract, Contract) else contract_read(contract)
    usual = {UTF_8, "", *(source.encoding for source in known.sources)}
    reports = []
    for number, batch in enumerate(batches, 1):
        name, frame, encoding = _read(batch, number, known)
        report = check(known, frame, name)
        severity = known.bound("encoding").severity
        if encoding not in usual and severity != "off":
            says = f"the file is no UTF-8; it was read as {encoding}"
            found = Finding("", "encoding", severity, 0, (), UTF_8, UTF_8, encoding, says)
            report = replace(report, findings=(found, *report.findings))
        reports.append(report)
    return tuple(reports)


def contract_read(path: str | Path) -> Contract:
    """A contract from its file.

    Raises:
        InputError: it cannot be read, or is no contract.
    """
    from poc_graduate.contracts.text import from_yaml

    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise InputError(f"{path} cannot be read: {_reason(failure)}") from None
    return from_yaml(text, str(path))


def _reason(failure: Exception) -> str:
    return getattr(failure, "strerror", None) or str(failure)


def _read(
    batch: Batch, number: int, contract: Contract | None = None
) -> tuple[str, pd.DataFrame, str]:
    from poc_graduate.contracts.batches import read_batch_file

    if not isinstance(batch, (str, Path)):
        return f"batch {number}", batch, ""
    frame, encoding = read_batch_file(str(batch), contract)
    return Path(str(batch)).name, frame, encoding


def _need_pandas() -> None:
    try:
        import pandas as pd
        import pyarrow as pa
    except ImportError as missing:
        raise InputError(
            f"contracts need {missing.name}", remedy="run `pip install 'poc-graduate[contracts]'`"
        ) from None
    del pd, pa
