"""The data store (kho dữ liệu): its tables and migrations, the sink that fills it, lookups and readers."""
