-- Statements are separated by empty lines.
-- Text without limits and in byte order: a subject of any length fits, and comparisons cost little.
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text')
      AND table_name IN ('ledger_blocks', 'ledger_postings', 'ledger_writers', 'ledger_cursors', 'dead_letters')
  LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"', found.table_name, found.column_name);
  END LOOP;
END $$

ALTER TABLE ledger_blocks ADD COLUMN seen_writer text COLLATE "C", ADD COLUMN seen_blocks integer,
  ADD COLUMN seen_head text COLLATE "C"

ALTER TABLE ledger_cursors ADD COLUMN taken integer NOT NULL DEFAULT 0, ADD COLUMN handed_over integer

ALTER TABLE ledger_entries RENAME TO old_entries

ALTER TABLE old_entries DROP CONSTRAINT ledger_entries_pkey

DROP INDEX ledger_entries_once, ledger_entries_day

ALTER TABLE ledger_bodies RENAME TO old_bodies

ALTER TABLE old_bodies DROP CONSTRAINT ledger_bodies_pkey

DROP INDEX ix_ledger_bodies_subject

-- PostgreSQL requires the partition key in the unique index. The day of receipt is the same for all entries of an event,
-- so the index stays unique for each entry.
CREATE TABLE ledger_entries (
  writer text COLLATE "C" NOT NULL,
  block integer NOT NULL,
  position integer NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  received_at text COLLATE "C" NOT NULL,
  day text COLLATE "C" NOT NULL,
  stage text COLLATE "C" NOT NULL,
  turn integer NOT NULL,
  verdict text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  handed_to text COLLATE "C" NOT NULL,
  fan_out integer NOT NULL,
  who text COLLATE "C" NOT NULL,
  PRIMARY KEY (writer, block, position, day)
) PARTITION BY RANGE (day)

CREATE UNIQUE INDEX ledger_entries_once ON ledger_entries (event_id, stage, turn, day)

-- Rows are written in the order of time, so a block range index finds a day and costs almost nothing to write.
CREATE INDEX ledger_entries_day ON ledger_entries USING brin (day)

CREATE TABLE ledger_bodies (
  event_id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  received_at text COLLATE "C" NOT NULL,
  body bytea NOT NULL,
  day text COLLATE "C" NOT NULL DEFAULT '',
  number integer NOT NULL DEFAULT 0,
  PRIMARY KEY (event_id, day)
) PARTITION BY RANGE (day)

CREATE INDEX ix_ledger_bodies_subject ON ledger_bodies (subject)

CREATE INDEX ledger_bodies_number ON ledger_bodies (source, number)

-- Bodies are already compressed.
ALTER TABLE ledger_bodies ALTER COLUMN body SET STORAGE EXTERNAL

CREATE FUNCTION lienthong_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'sổ cái chỉ được ghi thêm: không được % trên %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$

-- Creates the missing partitions of a month (yyyy-mm). It runs with the rights of its owner, so the application needs no
-- right to create tables. Unlike CREATE … PARTITION OF, ATTACH does not block writers.
CREATE FUNCTION lienthong_month(month text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  parent text;
  part text;
BEGIN
  IF month !~ '^[0-9]{4}-(0[1-9]|1[0-2])$' THEN
    RAISE EXCEPTION 'not a month: %', month;
  END IF;
  PERFORM pg_advisory_xact_lock(119186654232578);
  FOREACH parent IN ARRAY ARRAY['ledger_entries', 'ledger_bodies'] LOOP
    part := parent || '_' || replace(month, '-', '_');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING STORAGE)', part, parent);
    EXECUTE format(
      'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part,
      month || '-01', to_char((month || '-01')::date + interval '1 month', 'YYYY-MM-DD')
    );
    EXECUTE format(
      'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
      ' FOR EACH STATEMENT EXECUTE FUNCTION lienthong_append_only()', part
    );
  END LOOP;
END $$

REVOKE EXECUTE ON FUNCTION lienthong_month(text) FROM PUBLIC

SELECT lienthong_month(month) FROM (
  SELECT DISTINCT substr(day, 1, 7) AS month FROM old_entries
  UNION
  SELECT DISTINCT to_char(received_at::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM') FROM old_bodies
) AS months

INSERT INTO ledger_entries SELECT * FROM old_entries

INSERT INTO ledger_bodies
SELECT event_id, source, type, subject, received_at, body,
  to_char(received_at::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD'),
  row_number() OVER (PARTITION BY source ORDER BY received_at, event_id)
FROM old_bodies

UPDATE ledger_cursors SET taken = (SELECT count(*) FROM old_bodies WHERE old_bodies.source = ledger_cursors.source)

DROP TABLE old_entries, old_bodies

DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['ledger_entries', 'ledger_bodies', 'ledger_blocks', 'ledger_postings'] LOOP
    EXECUTE format(
      'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
      ' FOR EACH STATEMENT EXECUTE FUNCTION lienthong_append_only()', guarded
    );
  END LOOP;
END $$
