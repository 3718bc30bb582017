"""Sensor report. Graduated from sensor_report.ipynb."""
