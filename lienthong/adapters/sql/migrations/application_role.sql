-- The rights of a database account that runs the bus but may not change what was written to the ledger. Run it as the
-- owner of the tables, after `lienthong migrate`:  psql -v role=lienthong_app -f application_role.sql
GRANT USAGE ON SCHEMA public TO :"role";
GRANT SELECT ON lienthong_schema TO :"role";
GRANT SELECT, INSERT ON ledger_entries, ledger_bodies, ledger_blocks, ledger_postings TO :"role";
GRANT SELECT, INSERT, UPDATE ON ledger_writers, ledger_cursors TO :"role";
GRANT SELECT, INSERT, UPDATE (world, incarnation, restored_at) ON ledger_identity TO :"role";
GRANT SELECT, INSERT, UPDATE ON dead_letters, dead_letter_edits, dead_replays, dead_replay_parts TO :"role";
GRANT USAGE ON SEQUENCE dead_letters_number_seq, dead_letter_edits_number_seq, dead_replays_number_seq TO :"role";
GRANT SELECT, INSERT ON ledger_handovers TO :"role";
GRANT USAGE ON SEQUENCE ledger_handovers_number_seq TO :"role";
GRANT SELECT, INSERT, UPDATE ON ledger_history_runs TO :"role";
GRANT USAGE ON SEQUENCE ledger_history_runs_number_seq TO :"role";
GRANT EXECUTE ON FUNCTION lienthong_month(text) TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON source_status, stage_status, process_status, stage_times TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_sums, ledger_marks TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON access_clients, access_keys TO :"role";
GRANT USAGE ON SEQUENCE access_keys_number_seq TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON push_replies, push_notes TO :"role";
GRANT SELECT, INSERT, UPDATE ON jobs TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON dead_letter_group_notes TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON file_names TO :"role";
GRANT SELECT, INSERT, DELETE ON ledger_announcements TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON subscriptions, subscription_dead_events, subscription_replays TO :"role";
GRANT SELECT, USAGE ON SEQUENCE ledger_announcements_number_seq, subscription_replays_number_seq TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON access_persons, access_sessions, access_reveals, access_forms TO :"role";
GRANT SELECT, INSERT ON access_acts TO :"role";
GRANT USAGE ON SEQUENCE access_acts_number_seq TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON subscription_notices TO :"role";
