"""Copies of a ledger for others: the published log for everybody, a bundle for auditors, a statement for one person."""

from cadreledger.export.bundle import BundleReport, write_bundle
from cadreledger.export.notices import NoticesReport, write_notices
from cadreledger.export.site import SiteReport, write_site
from cadreledger.export.statement import page_for_statements, page_of_statement, statement

__all__ = [
    "BundleReport",
    "NoticesReport",
    "SiteReport",
    "page_for_statements",
    "page_of_statement",
    "statement",
    "write_bundle",
    "write_notices",
    "write_site",
]
