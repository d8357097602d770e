"""From files to settings to objects: reads, judges and resolves what routes/ and config/ say."""
