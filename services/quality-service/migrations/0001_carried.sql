-- Entries of telephony's stream that were carried on: one row each, so that a repeat counts once.
-- The position itself is kept by the chassis, which writes it after the effect.
CREATE TABLE carried (
    epoch      TEXT        NOT NULL,
    number     BIGINT      NOT NULL,
    -- ended, conversation, voicemail, fallback, verified, alarm; unknown for a newer telephony's.
    kind       TEXT        NOT NULL,
    call_sid   TEXT        NOT NULL,
    carry_time TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (epoch, number)
);

-- Serves GetBooks: how many of each kind in the epoch that stands.
CREATE INDEX carried_by_kind ON carried (epoch, kind);
