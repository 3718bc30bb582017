"""Churn. Graduated from churn_poc.ipynb."""
