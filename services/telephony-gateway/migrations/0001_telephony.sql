-- telephony: sites, numbers, agents, calls, conversations, voicemails, scenario runs.
-- One text for PostgreSQL and SQLite. Personal columns are listed in src/store/personal.rs.

CREATE TABLE site (
    site_id     TEXT PRIMARY KEY,
    url         TEXT NOT NULL,
    country     TEXT NOT NULL,
    languages   JSONB NOT NULL,         -- array of tags, the spoken one first
    time_zone   TEXT NOT NULL,
    disclosure  TEXT NOT NULL,
    source      TEXT NOT NULL CHECK (source IN ('catalog', 'operator')),
    paused_by   TEXT CHECK (paused_by IN ('catalog', 'operator')),
    change_time TIMESTAMPTZ NOT NULL,
    -- Lets a number's country be bound to its site's by the database itself (R5).
    UNIQUE (site_id, country)
);

-- The primary key is R4: a number serves one site.
CREATE TABLE number (
    number_e164       TEXT PRIMARY KEY,
    site_id           TEXT NOT NULL,
    country           TEXT NOT NULL,
    chain_mobile_e164 TEXT,
    chain_carrier     TEXT NOT NULL,
    fallback_url      TEXT,
    number_sid        TEXT,
    source            TEXT NOT NULL CHECK (source IN ('catalog', 'operator')),
    paused_by         TEXT CHECK (paused_by IN ('catalog', 'operator')),
    change_time       TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (site_id, country) REFERENCES site (site_id, country)
);
-- A site's numbers.
CREATE INDEX number_site ON number (site_id);

CREATE TABLE agent (
    name               TEXT PRIMARY KEY,
    -- The candidate's; what is live answers for the site of its own configuration.
    site_id            TEXT NOT NULL REFERENCES site (site_id),
    configuration      JSONB NOT NULL,  -- the candidate as declared
    served_categories  JSONB NOT NULL,  -- array of ids
    voice_id           TEXT NOT NULL,
    configuration_hash TEXT NOT NULL,
    source             TEXT NOT NULL CHECK (source IN ('catalog', 'operator')),
    paused_by          TEXT CHECK (paused_by IN ('catalog', 'operator')),
    change_time        TIMESTAMPTZ NOT NULL,
    -- What stands at the vendor; written by the release alone.
    vendor_agent_id    TEXT,
    tool_id            TEXT,
    released_hash      TEXT,
    release_time       TIMESTAMPTZ,
    vendor_version_id  TEXT,
    live_snapshot      JSONB,           -- as read back at the release
    CHECK ((released_hash IS NULL) = (release_time IS NULL)),
    CHECK (released_hash IS NULL OR vendor_agent_id IS NOT NULL)
);
-- The agents of a site.
CREATE INDEX agent_site ON agent (site_id);
-- A conversation's agent.
CREATE UNIQUE INDEX agent_vendor ON agent (vendor_agent_id) WHERE vendor_agent_id IS NOT NULL;

-- Every configuration that was ever stored as a candidate, in canonical form. Never changed.
CREATE TABLE configuration (
    agent_name  TEXT NOT NULL,
    hash        TEXT NOT NULL,
    canonical   TEXT NOT NULL,
    create_time TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agent_name, hash)
);

CREATE TABLE scenario_run (
    run_id            UUID PRIMARY KEY,
    agent_name        TEXT NOT NULL,
    hash              TEXT NOT NULL,
    scenarios_version TEXT NOT NULL,
    repeats           BIGINT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('running', 'passed', 'failed', 'invalid')),
    results           JSONB NOT NULL,
    tests             JSONB NOT NULL,   -- test id at the vendor by scenario
    bench_agent_id    TEXT,
    invocation_id     TEXT,
    tries             BIGINT NOT NULL DEFAULT 0,
    due_us            BIGINT NOT NULL,
    lease_until_us    BIGINT NOT NULL DEFAULT 0,
    not_after_us      BIGINT NOT NULL,
    start_time        TIMESTAMPTZ NOT NULL,
    end_time          TIMESTAMPTZ,
    traceparent       TEXT,
    CHECK ((state = 'running') = (end_time IS NULL)),
    FOREIGN KEY (agent_name, hash) REFERENCES configuration (agent_name, hash)
);
-- One run at a time for a hash; its id is answered again.
CREATE UNIQUE INDEX scenario_run_running ON scenario_run (hash) WHERE state = 'running';
-- The worker's search, and the seal's.
CREATE INDEX scenario_run_due ON scenario_run (due_us) WHERE state = 'running';
CREATE INDEX scenario_run_seal ON scenario_run (hash, scenarios_version, state);

CREATE TABLE call (
    call_sid        TEXT PRIMARY KEY,
    site_id         TEXT,
    agent_name      TEXT,
    called_number   TEXT NOT NULL,
    caller          TEXT,
    origin          TEXT NOT NULL CHECK (origin IN ('chain', 'direct', 'unknown')),
    handling        TEXT NOT NULL CHECK (handling IN ('agent', 'voicemail', 'rejected', 'unknown')),
    state           TEXT NOT NULL CHECK (state IN ('ringing', 'in_progress', 'completed', 'busy', 'failed', 'no_answer', 'canceled')),
    conversation_id TEXT,
    answer_ms       BIGINT,
    first_audio_ms  BIGINT,
    receive_time    TIMESTAMPTZ NOT NULL,
    end_time        TIMESTAMPTZ,
    duration_ms     BIGINT,
    -- The document that was answered; set once, so that every repeat gets the same bytes (I3).
    twiml           TEXT,
    fallback_reason TEXT,
    registrations   BIGINT NOT NULL DEFAULT 0,
    event_count     BIGINT NOT NULL DEFAULT 0,
    traceparent     TEXT,
    -- When polling asks the carrier about a call that no webhook ended; null once it has ended.
    check_us        BIGINT,
    -- A tombstone from then on: nobody writes a caller here again (I26).
    erase_time      TIMESTAMPTZ,
    -- The same for the call's recordings.
    recording_erase_time TIMESTAMPTZ,
    CHECK (erase_time IS NULL OR caller IS NULL),
    CHECK ((state IN ('ringing', 'in_progress')) = (end_time IS NULL))
);
-- Lists, newest first.
CREATE INDEX call_time ON call (receive_time, call_sid);
CREATE INDEX call_site_time ON call (site_id, receive_time, call_sid);
-- The poller's search for calls without an end.
CREATE INDEX call_check ON call (check_us) WHERE check_us IS NOT NULL;
-- Erasure by number.
CREATE INDEX call_caller ON call (caller) WHERE caller IS NOT NULL;
-- Retention's searches.
CREATE INDEX call_kept ON call (receive_time) WHERE erase_time IS NULL;
CREATE INDEX call_recorded ON call (receive_time)
    WHERE recording_erase_time IS NULL AND handling = 'voicemail';

CREATE TABLE call_event (
    call_sid   TEXT NOT NULL REFERENCES call (call_sid),
    seq        BIGINT NOT NULL,
    event_time TIMESTAMPTZ NOT NULL,
    kind       TEXT NOT NULL,
    attributes JSONB NOT NULL,          -- no personal data
    PRIMARY KEY (call_sid, seq)
);

CREATE TABLE voicemail (
    call_sid      TEXT PRIMARY KEY REFERENCES call (call_sid),
    recording_sid TEXT NOT NULL UNIQUE,
    duration_ms   BIGINT NOT NULL,
    store_time    TIMESTAMPTZ NOT NULL
);

CREATE TABLE conversation (
    conversation_id    TEXT PRIMARY KEY,
    vendor_agent_id    TEXT NOT NULL,
    call_sid           TEXT,
    agent_number       TEXT,
    site_id            TEXT,
    status             TEXT NOT NULL,
    is_final           BOOLEAN NOT NULL,
    verified           BOOLEAN NOT NULL,
    start_time         TIMESTAMPTZ,
    duration_ms        BIGINT,
    turns              JSONB NOT NULL,
    cost_credits       BIGINT,
    collected          JSONB NOT NULL,
    termination_reason TEXT NOT NULL,
    traceparent        TEXT,
    store_time         TIMESTAMPTZ NOT NULL,
    -- Start and length, or when it was stored where the vendor does not say.
    end_time           TIMESTAMPTZ NOT NULL,
    -- A tombstone from then on: no transcript comes back (I26).
    erase_time         TIMESTAMPTZ
);
-- A call's conversations.
CREATE INDEX conversation_call ON conversation (call_sid);
-- Lists, newest first.
CREATE INDEX conversation_time ON conversation (store_time, conversation_id);
-- The poller's search for conversations that no call was found for yet.
CREATE INDEX conversation_unverified ON conversation (store_time) WHERE NOT verified;
-- Retention's search.
CREATE INDEX conversation_kept ON conversation (end_time) WHERE erase_time IS NULL;

-- One row for each poller: the lease that lets one replica work, its fencing number, and how far
-- it got.
CREATE TABLE poll (
    name            TEXT PRIMARY KEY,
    lease_until_us  BIGINT NOT NULL,
    claims          BIGINT NOT NULL,
    success_us      BIGINT NOT NULL
);

-- What is still to be deleted at a vendor, stored with the local erasure that asks for it. A row
-- stays when it is done, so that a repeat finds nothing more (B10).
CREATE TABLE vendor_deletion (
    kind           TEXT NOT NULL CHECK (kind IN ('conversation', 'conversations_of_call', 'recordings_of_call', 'call')),
    subject        TEXT NOT NULL,            -- conversation id or call sid
    -- Keyed digest of the erased number while the deletion is due, so that a repeat of the erasure
    -- finds what is left of it; empty for retention's, and once it is done.
    caller_mark    TEXT NOT NULL,
    due_us         BIGINT,                   -- null once it is done
    lease_until_us BIGINT NOT NULL DEFAULT 0,
    claims         BIGINT NOT NULL DEFAULT 0,
    tries          BIGINT NOT NULL DEFAULT 0,
    deleted        BIGINT NOT NULL DEFAULT 0,
    create_time    TIMESTAMPTZ NOT NULL,
    done_time      TIMESTAMPTZ,
    CHECK ((due_us IS NULL) = (done_time IS NOT NULL)),
    CHECK (due_us IS NOT NULL OR caller_mark = ''),
    PRIMARY KEY (kind, subject)
);
-- The worker's search.
CREATE INDEX vendor_deletion_due ON vendor_deletion (due_us) WHERE due_us IS NOT NULL;
-- What is left of an erasure.
CREATE INDEX vendor_deletion_mark ON vendor_deletion (caller_mark) WHERE caller_mark <> '';

-- How long recordings and transcripts are kept; the defaults where there is no row.
CREATE TABLE retention (
    id              BIGINT PRIMARY KEY CHECK (id = 1),
    recording_days  BIGINT NOT NULL CHECK (recording_days BETWEEN 1 AND 3650),
    transcript_days BIGINT NOT NULL CHECK (transcript_days BETWEEN 1 AND 3650),
    change_time     TIMESTAMPTZ NOT NULL
);
