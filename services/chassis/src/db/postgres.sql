-- The chassis' own tables, in each service's schema. Safe to run at every start.

-- Moves the clock in tests; stays 0 elsewhere.
CREATE TABLE IF NOT EXISTS clock_offset (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    us BIGINT NOT NULL
);
INSERT INTO clock_offset (id, us) VALUES (1, 0) ON CONFLICT DO NOTHING;

-- The database's own time in microseconds since the epoch, the only place that spells it.
DO $$ BEGIN
    IF to_regclass('clock') IS NULL THEN
        CREATE VIEW clock AS
            SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT
                   + (SELECT us FROM clock_offset) AS us;
    END IF;
END $$;

-- What this service publishes. A number is given after the commit, in order, by one publisher.
CREATE TABLE IF NOT EXISTS feed (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number      BIGINT UNIQUE,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body        JSONB NOT NULL,
    traceparent TEXT,
    create_time TIMESTAMPTZ NOT NULL
);
-- The publisher's search for what has no number yet. IF NOT EXISTS would lock the table before it
-- looks: a replica that starts would wait for writers, and writers for it.
DO $$ BEGIN
    IF to_regclass('feed_unnumbered') IS NULL THEN
        CREATE INDEX feed_unnumbered ON feed (seq) WHERE number IS NULL;
    END IF;
END $$;

CREATE TABLE IF NOT EXISTS feed_head (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    epoch          TEXT NOT NULL,
    number         BIGINT NOT NULL,
    lease_owner    TEXT NOT NULL,
    lease_until_us BIGINT NOT NULL
);
INSERT INTO feed_head (id, epoch, number, lease_owner, lease_until_us)
VALUES (1, gen_random_uuid()::TEXT, 0, '', 0) ON CONFLICT DO NOTHING;

-- How far this service has followed the streams of others.
CREATE TABLE IF NOT EXISTS follower (
    name           TEXT PRIMARY KEY,
    epoch          TEXT NOT NULL,
    number         BIGINT NOT NULL,
    tries          BIGINT NOT NULL,
    lease_owner    TEXT NOT NULL,
    lease_until_us BIGINT NOT NULL
);

-- Entries that failed too often: kept with the reason, out of the way of what follows.
CREATE TABLE IF NOT EXISTS parked (
    follower  TEXT NOT NULL,
    epoch     TEXT NOT NULL,
    number    BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    park_time TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (follower, epoch, number)
);
