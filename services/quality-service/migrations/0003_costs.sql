-- Closed calls whose cost lead-service is told of: planned with the close, told until it is taken, and
-- told again while the vendor has not said what a conversation cost.
CREATE TABLE cost_report (
    call_sid       TEXT   PRIMARY KEY REFERENCES call (call_sid),
    -- Null: it was told, and nothing more is to come; or it is parked.
    due_us         BIGINT,
    lease_until_us BIGINT NOT NULL DEFAULT 0,
    -- The fence of a claim.
    tries          BIGINT NOT NULL DEFAULT 0,
    -- In a row: the pause grows with them.
    failures       BIGINT NOT NULL DEFAULT 0,
    -- Why it is parked; empty: it is not.
    parked         TEXT   NOT NULL DEFAULT ''
);
-- The conversations of a call.
CREATE INDEX conversation_call ON conversation (call_sid);
-- The worker's search.
CREATE INDEX cost_report_due ON cost_report (due_us) WHERE due_us IS NOT NULL;
-- The metrics.
CREATE INDEX cost_report_parked ON cost_report (call_sid) WHERE parked <> '';
