"""Copies of a ledger for others: the published log for everybody, a bundle for auditors."""

from cadreledger.export.bundle import BundleReport, write_bundle
from cadreledger.export.site import SiteReport, write_site

__all__ = ["BundleReport", "SiteReport", "write_bundle", "write_site"]
