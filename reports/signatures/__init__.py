"""The monthly report on signatures: verdicts by issuer and by reason."""
