"""Somebody who does not trust the office replays its records: everything that does not hold is a finding."""

from cadreledger.audit.auditing import audit
from cadreledger.audit.checks import Check, Trust, Verification
from cadreledger.audit.finding import Finding, Report, Severity
from cadreledger.audit.records import Records, Row
from cadreledger.audit.verifying import verify_path

__all__ = ["Check", "Finding", "Records", "Report", "Row", "Severity", "Trust", "Verification", "audit", "verify_path"]
