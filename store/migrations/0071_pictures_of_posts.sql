-- Which posts show a picture, for whoever plans and sees what is public alone.
--
-- Month by month, in a transaction each: an index keeps writers out of what it is built
-- on, and all posts at once would be too long. Few posts have pictures whose bytes are
-- here, and no others are in it.

-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
SET ROLE cinnabar_owner;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX IF EXISTS studio.post_by_picture; -- of a run that was broken off
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX post_by_picture ON ONLY studio.post USING gin (pictures jsonb_path_ops) WHERE pictures @? '$[*] ? (@.id != "")';
-- +goose StatementEnd
-- +goose StatementBegin
DO $do$
DECLARE
  month regclass;
  made text;
BEGIN
  FOR month IN SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = CAST('studio.post' AS regclass)
      -- A month that somebody makes meanwhile has it from its parent.
      AND NOT EXISTS (SELECT FROM pg_index x JOIN pg_inherits a ON a.inhrelid = x.indexrelid
        WHERE x.indrelid = i.inhrelid AND a.inhparent = CAST('studio.post_by_picture' AS regclass)) ORDER BY 1 LOOP
    made := (SELECT c.relname FROM pg_class c WHERE c.oid = month) || '_by_picture';
    EXECUTE format('DROP INDEX IF EXISTS studio.%I', made);
    EXECUTE format('CREATE INDEX %I ON %s USING gin (pictures jsonb_path_ops) WHERE pictures @? ''$[*] ? (@.id != "")''', made, month);
    EXECUTE format('ALTER INDEX studio.post_by_picture ATTACH PARTITION studio.%I', made);
    COMMIT;
  END LOOP;
END
$do$;
-- +goose StatementEnd
-- +goose StatementBegin
RESET ROLE;
-- +goose StatementEnd
