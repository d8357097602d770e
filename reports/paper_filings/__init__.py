"""The report on civil servants who filed on paper."""
