-- The rights of a role that runs the bus but may change nothing that was written. Run as the owner, once a first start
-- has made the tables of the ledger and of the data store:  psql -v role=lienthong_app -f application_role.sql
GRANT USAGE ON SCHEMA public TO :"role";
GRANT SELECT ON lienthong_schema TO :"role";
GRANT SELECT, INSERT ON ledger_entries, ledger_bodies, ledger_blocks, ledger_postings TO :"role";
GRANT SELECT, INSERT, UPDATE ON ledger_writers, ledger_cursors, dead_letters TO :"role";
GRANT USAGE ON SEQUENCE dead_letters_number_seq TO :"role";
GRANT EXECUTE ON FUNCTION lienthong_month(text) TO :"role";
GRANT SELECT, INSERT, UPDATE ON store_dossiers, store_dossier_versions, store_service_periods, store_accounts TO :"role";
