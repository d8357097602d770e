"""Paper conversions: an electronic document as sheets to print, each with the mark of the conversion."""
