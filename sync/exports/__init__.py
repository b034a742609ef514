"""Exports of Meta's Ads Manager: CSV and XLSX, English and Ukrainian."""
