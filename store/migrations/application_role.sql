-- The rights on the data store of a database account that runs the bus. Run it as the owner of the tables, after
-- `lienthong migrate`, beside application_role.sql of the ledger:  psql -v role=lienthong_app -f application_role.sql
GRANT SELECT ON store_schema TO :"role";
GRANT SELECT, INSERT, UPDATE ON store_dossiers, store_dossier_versions, store_service_periods, store_accounts,
    store_procedures, store_counter_checks, store_counter_acknowledgements, store_submissions, store_payments,
    store_payment_matches, store_units, store_portal_accounts,
    store_questions, store_question_answers, store_petitions, store_documents, store_document_versions,
    store_document_reuses, store_document_disputes, store_notices, store_notice_days, store_notice_subjects,
    store_national_findings, store_happenings, store_gateway_tokens, store_sign_in_numbers TO :"role";
-- A replay of history takes back what the routes of today do not make any more.
GRANT DELETE ON store_dossiers, store_dossier_versions, store_service_periods, store_accounts, store_procedures,
    store_counter_checks, store_counter_acknowledgements, store_submissions, store_payments, store_units,
    store_portal_accounts, store_questions, store_question_answers, store_petitions, store_happenings TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON store_notice_attempts TO :"role";
GRANT SELECT, INSERT, UPDATE ON store_deadline_subjects TO :"role";
GRANT SELECT, INSERT, UPDATE ON store_report_editions, store_report_sendings TO :"role";
GRANT SELECT, INSERT ON store_report_acts TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON store_deadlines TO :"role";
GRANT SELECT, INSERT ON store_deadline_announcements TO :"role";
GRANT SELECT, INSERT, DELETE ON store_sync_touched TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON store_sync_awaited TO :"role";
GRANT SELECT, INSERT, UPDATE ON store_sync_alarms TO :"role";
GRANT SELECT, INSERT, DELETE ON store_wrong_codes TO :"role";
GRANT SELECT, INSERT ON store_document_verdicts, store_document_matches, store_document_accesses,
    store_document_notices, store_document_certificates, store_document_conversions,
    store_document_reclassifications TO :"role";
-- A row is written again only to seal it: when it is from before there were seals, or its first event was lost.
GRANT UPDATE (written_by, written_at, writes) ON store_document_verdicts, store_document_matches,
    store_document_accesses, store_document_notices TO :"role";
GRANT UPDATE (delivered, written_by, written_at, writes) ON store_document_conversions,
    store_document_reclassifications TO :"role";
