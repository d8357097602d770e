"""The store of documents (kho giấy tờ): what citizens have that agencies issued, found again and reused."""
