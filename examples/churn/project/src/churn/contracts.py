"""What tables must look like where they enter, and once they are clean.

Learnt from the prototype's run: each bound stands beside what was seen. Edit freely.

The raw ones admit what the cleaning is known to mend; the clean ones do not.
"""

import pandera.pandas as pa

# As read in cell 4
RAW_CUSTOMERS = pa.DataFrameSchema(
    {
        "customer_id": pa.Column(int, pa.Check.in_range(0, 11396), description="1000 to 3599 seen"),
        "signup": pa.Column(
            str, [pa.Check.str_matches(r"^\d{4}-\d\d-\d\d"), pa.Check.ge("2018-07-30")]
        ),
        "age": pa.Column(int, pa.Check.in_range(0, 481), description="18 to 420 seen"),
        "region": pa.Column(
            str, pa.Check.isin(["Nroth", "South ", "east", "north", "south", "west"])
        ),
        "plan": pa.Column(
            str, pa.Check.isin(["Basic ", "PRO", "basic", "premium", "premuim", "pro"])
        ),
        "payment": pa.Column(str, pa.Check.isin(["card", "debit", "invoice"])),
        "tenure": pa.Column(int, pa.Check.in_range(0, 83), description="0 to 72 seen"),
        "monthly_charges": pa.Column(
            float, pa.Check.in_range(-83.1, 118.0), description="-59.9 to 94.76 seen"
        ),
        "total_charges": pa.Column(str, description="4.38 % missing when learnt"),
        "support_calls": pa.Column(int, pa.Check.isin([0, 1, 2, 3, 4, 5, 6, 7, 99])),
        "churned": pa.Column(int, pa.Check.isin([0, 1])),
    },
    name="raw_customers",
)

# As task clean hands it on
CUSTOMERS = pa.DataFrameSchema(
    {
        "customer_id": pa.Column(int, unique=True, description="1000 to 3599 seen"),
        "signup": pa.Column(
            str, [pa.Check.str_matches(r"^\d{4}-\d\d-\d\d"), pa.Check.ge("2018-07-31")]
        ),
        "age": pa.Column(int, pa.Check.in_range(7, 99), description="18 to 88 seen"),
        "region": pa.Column(str, pa.Check.isin(["east", "north", "south", "west"])),
        "plan": pa.Column(str, pa.Check.isin(["basic", "premium", "pro"])),
        "payment": pa.Column(str, pa.Check.isin(["card", "debit", "invoice"])),
        "tenure": pa.Column(int, pa.Check.in_range(0, 83), description="1 to 72 seen"),
        "monthly_charges": pa.Column(
            float, pa.Check.in_range(9.24, 106.0), description="20.4 to 94.76 seen"
        ),
        "total_charges": pa.Column(
            float, pa.Check.in_range(0.0, 7720.0), description="20.08 to 6709.11 seen"
        ),
        "support_calls": pa.Column(int, pa.Check.isin([0, 1, 2, 3, 4, 5, 6, 7])),
        "churned": pa.Column(int, pa.Check.isin([0, 1])),
    },
    name="customers",
)
