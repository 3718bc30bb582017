"""What tables must look like where they enter, and once they are clean.

Learnt from the prototype's run: each bound stands beside what was seen. Edit freely.

The raw ones admit what the cleaning is known to mend; the clean ones do not.
"""

import pandera.pandas as pa

# As read in cell 2
RAW_SALES = pa.DataFrameSchema(
    {
        "date": pa.Column(str, pa.Check.str_matches(r"^\d\d?\.\d\d?\.\d{4}$")),
        "store": pa.Column(
            str,
            pa.Check.isin(
                ["S01", "S02", "S03", "S04", "S05", "S06", "s01", "s02", "s03", "s04", "s05", "s06"]
            ),
        ),
        "category": pa.Column(str, pa.Check.isin(["garden", "kitchen"])),
        "units": pa.Column(
            float,
            pa.Check.in_range(0.0, 207.0),
            nullable=True,
            description="11 to 153 seen; 0.674 % missing when learnt",
        ),
        "price": pa.Column(float, pa.Check.in_range(8.65, 20.5), description="10.01 to 19.05 seen"),
    },
    name="raw_sales",
)

# As task explore hands it on
SALES = pa.DataFrameSchema(
    {
        "date": pa.Column("datetime64[us]"),
        "store": pa.Column(str, pa.Check.isin(["S01", "S02", "S03", "S04", "S05", "S06"])),
        "category": pa.Column(str, pa.Check.isin(["garden", "kitchen"])),
        "units": pa.Column(float, pa.Check.in_range(0.0, 221.0), description="11 to 153 seen"),
        "price": pa.Column(float, pa.Check.in_range(0.0, 31.2), description="10.01 to 19.05 seen"),
        "region": pa.Column(str, pa.Check.isin(["east", "north", "south"])),
        "sqm": pa.Column(int, pa.Check.isin([280, 310, 350, 390, 420, 510])),
        "discount": pa.Column(float, pa.Check.isin([0.0, 10.0, 15.0, 20.0])),
        "revenue": pa.Column(
            float, pa.Check.in_range(0.0, 4220.0), description="192.3 to 2881.92 seen"
        ),
    },
    name="sales",
)

# As read in cell 15
RAW_FEATURES = pa.DataFrameSchema(
    {
        "date": pa.Column("datetime64[us]"),
        "revenue": pa.Column(
            float, pa.Check.in_range(0.0, 28800.0), description="5152.56 to 16947.7 seen"
        ),
        "discount": pa.Column(float, pa.Check.isin([0.0, 10.0, 15.0, 20.0])),
        "weekday": pa.Column(int, pa.Check.isin([0, 1, 2, 3, 4, 5])),
        "month": pa.Column(int, pa.Check.in_range(1, 12), description="1 to 12 seen"),
        "age": pa.Column(int, unique=True, description="28 to 544 seen"),
        "last_month": pa.Column(
            float, pa.Check.in_range(0.0, 26800.0), description="4889.29 to 15817.8 seen"
        ),
    },
    name="raw_features",
)
