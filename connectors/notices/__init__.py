"""Gateways of notices to citizens and officers: Zalo, brand-name SMS, e-mail. One module for each, behind one port."""
