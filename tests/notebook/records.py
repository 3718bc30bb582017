"""Notebooks as the JSON that lies on disk."""

from __future__ import annotations

from typing import Any


def code(source: Any = "x = 1", **more: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    return {**cell, "source": source, **more}


def record(*cells: Any, **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}
