"""Signatures in PDF files: PAdES (EN 319 142-1) and the older `adbe.pkcs7.detached` (ISO 32000-2, 12.8)."""
