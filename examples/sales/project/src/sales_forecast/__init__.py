"""Sales forecast. Graduated from sales_forecast.ipynb."""
