"""Keep values between tasks exactly as they are."""

import pickle
from pathlib import Path
from typing import Any

import pandas as pd


def save(value: Any, path: str | Path) -> None:
    """Write a value so that `load` gives back an equal one.

    Args:
        value: A frame for a `.parquet` path; anything that pickle takes for others.
        path: A product of the task; its folder is made where it is missing.

    Raises:
        ValueError: Parquet would not keep the frame exactly. Name the product `.pickle` instead.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        value.to_parquet(path)
        try:
            _check_same(value, pd.read_parquet(path))
        except AssertionError as difference:
            path.unlink()
            message = (
                f"{path.name} is not kept exactly by Parquet: name it .pickle in pipeline.yaml"
            )
            raise ValueError(message) from difference
        return
    path.write_bytes(pickle.dumps(value, protocol=5))


def load(path: str | Path) -> Any:
    """Read what `save` wrote. Only for files of this pipeline: unpickling runs code."""
    path = Path(path)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pickle.loads(path.read_bytes())


def _check_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Values, types, labels and attributes; Parquet alters some of them silently."""
    pd.testing.assert_frame_equal(one, other, check_exact=True, check_freq=True, check_flags=True)
    assert one.attrs == other.attrs
    for column in one.columns[one.dtypes == object]:
        assert one[column].map(type).tolist() == other[column].map(type).tolist()
