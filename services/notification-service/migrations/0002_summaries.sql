-- Summaries of calls (R52). A table cannot be told of a new kind by both engines in one way, so the
-- column is written anew under its own name; a version that still runs finds it as it was.
ALTER TABLE notices ADD COLUMN kind_known TEXT NOT NULL DEFAULT 'cancelled' CHECK (kind_known IN (
    'lead_assigned', 'lead_unmatched', 'operator_alarm', 'inbound_reply', 'offer_reminder',
    'lead_released', 'lead_confirmed', 'reply_answer', 'result_reminder', 'channel_proof',
    'call_summary', 'cancelled'));
UPDATE notices SET kind_known = kind;
ALTER TABLE notices DROP COLUMN kind;
ALTER TABLE notices RENAME COLUMN kind_known TO kind;

-- Every lead that a notice tells of where it tells of several: erasure finds it by each (B10).
CREATE TABLE notice_leads (
    message_key TEXT NOT NULL REFERENCES notices (message_key),
    lead_id     UUID NOT NULL,
    PRIMARY KEY (lead_id, message_key)
);

-- Who spoke in the call that a summary tells of, E.164: what it was said by is in no address.
ALTER TABLE messages ADD COLUMN caller TEXT NOT NULL DEFAULT '';
-- Serves erasure by number.
CREATE INDEX messages_by_caller ON messages (caller) WHERE caller <> '';
