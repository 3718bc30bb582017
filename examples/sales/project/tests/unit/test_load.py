"""Functions of load, on rows of the prototype's run."""

import pytest
from conftest import assert_same, few, sample

from sales_forecast.load import read_sales

pytestmark = pytest.mark.usefixtures("aside")


def test_read_sales_on_sampled_rows() -> None:
    sales_csv = "data/sales_*.csv"

    result = read_sales(sales_csv=sales_csv)

    assert_same(few(result), sample("read_sales", "result"))
