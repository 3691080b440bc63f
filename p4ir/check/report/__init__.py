"""Findings as reports: HTML to read and print, JSON and CSV for programs."""

from p4ir.check.report.csv_report import write_csv
from p4ir.check.report.html_report import write_html
from p4ir.check.report.json_report import write_json
from p4ir.check.report.summary import Summary, summarize

__all__ = ["Summary", "summarize", "write_csv", "write_html", "write_json"]
