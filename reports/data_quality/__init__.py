"""The monthly report on the quality of data: by source and flag."""
