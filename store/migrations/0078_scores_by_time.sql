-- How many posts were scored in the last days: scores come in the order of time, so an
-- index of ranges, a few pages large, tells where they are.

-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
SET ROLE cinnabar_owner;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX IF EXISTS studio.post_score_by_time; -- of a run that was broken off
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX CONCURRENTLY post_score_by_time ON studio.post_score USING brin (at) WITH (autosummarize = on);
-- +goose StatementEnd
-- +goose StatementBegin
RESET ROLE;
-- +goose StatementEnd
