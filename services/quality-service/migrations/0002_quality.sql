-- quality: calls by class, conversations with their verdicts, scans, flags, prompt revisions, and the
-- scenarios that flagged calls added. One text for PostgreSQL and SQLite. Ids, kinds and prompts
-- only: what was said stands at telephony alone.

-- A call that ended, as the books know it (B2): it ends in one class.
CREATE TABLE call (
    call_sid        TEXT        PRIMARY KEY,
    site_id         TEXT        NOT NULL,
    conversation_id TEXT        NOT NULL,   -- empty: none is known
    -- The carrier's final state.
    state           TEXT        NOT NULL,
    duration_ms     BIGINT,
    end_time        TIMESTAMPTZ NOT NULL,
    class           TEXT        NOT NULL CHECK (class IN ('open', 'lead', 'recovered', 'off_topic', 'spam', 'hang_up', 'flagged')),
    -- At the vendor; more than one only while telephony's database was down.
    registrations   BIGINT      NOT NULL DEFAULT 0,
    -- Why it has this class, in words.
    reason          TEXT        NOT NULL,
    close_time      TIMESTAMPTZ,
    CHECK ((class = 'open') = (close_time IS NULL))
);
-- The scan's search, and the books' sums.
CREATE INDEX call_open ON call (end_time) WHERE class = 'open';
CREATE INDEX call_class ON call (class);

-- A conversation that telephony told of. Its summary is mailed once (R52).
CREATE TABLE conversation (
    conversation_id TEXT        PRIMARY KEY,
    call_sid        TEXT        NOT NULL,
    site_id         TEXT        NOT NULL,
    status          TEXT        NOT NULL,
    tell_time       TIMESTAMPTZ NOT NULL,
    traceparent     TEXT,
    summary         TEXT        NOT NULL CHECK (summary IN ('due', 'sent', 'not_due', 'given_up')),
    -- Null once the summary has ended.
    due_us          BIGINT,
    lease_until_us  BIGINT      NOT NULL DEFAULT 0,
    tries           BIGINT      NOT NULL DEFAULT 0,
    CHECK ((summary = 'due') = (due_us IS NOT NULL))
);
-- The mailer's search.
CREATE INDEX conversation_due ON conversation (due_us) WHERE due_us IS NOT NULL;
-- The scan's pages.
CREATE INDEX conversation_told ON conversation (tell_time, conversation_id);

-- One scan for each slot; the primary key of a slot is its start.
CREATE TABLE scan (
    scan_id     UUID        PRIMARY KEY,
    -- "slot:2026-11-21T09:15:00Z", or of a recovery its own id.
    slot        TEXT        NOT NULL UNIQUE,
    slot_time   TIMESTAMPTZ NOT NULL,
    since_time  TIMESTAMPTZ,
    -- A recovery looks at everything since, whatever was looked at before.
    is_recovery BOOLEAN     NOT NULL,
    state       TEXT        NOT NULL CHECK (state IN ('running', 'good', 'failed')),
    asked_by    TEXT        NOT NULL,
    start_time  TIMESTAMPTZ NOT NULL,
    end_time    TIMESTAMPTZ,
    judged      BIGINT      NOT NULL DEFAULT 0,
    ended_calls BIGINT      NOT NULL DEFAULT 0,
    closed_calls BIGINT     NOT NULL DEFAULT 0,
    recovered   BIGINT      NOT NULL DEFAULT 0,
    flags_raised BIGINT     NOT NULL DEFAULT 0,
    failures    JSONB       NOT NULL,       -- array of sentences
    tries       BIGINT      NOT NULL DEFAULT 0,
    lease_until_us BIGINT   NOT NULL DEFAULT 0,
    CHECK ((state = 'running') = (end_time IS NULL))
);
-- The worker's search, the last good one, and the list.
CREATE INDEX scan_running ON scan (lease_until_us) WHERE state = 'running';
CREATE INDEX scan_time ON scan (slot_time, scan_id);

-- I19: one verdict for each conversation and version of the rules, whoever scans.
CREATE TABLE verdict (
    conversation_id    TEXT        NOT NULL REFERENCES conversation (conversation_id),
    rules_version      TEXT        NOT NULL,
    scan_id            UUID        NOT NULL REFERENCES scan (scan_id),
    class              TEXT        NOT NULL CHECK (class IN ('real', 'off_topic', 'spam', 'hang_up', 'erased')),
    dispatched         BOOLEAN     NOT NULL,
    broken             JSONB       NOT NULL,  -- array of assertions
    agent_name         TEXT        NOT NULL,
    -- What was live when the call began; empty when it is not known.
    configuration_hash TEXT        NOT NULL,
    start_time         TIMESTAMPTZ NOT NULL,
    judge_time         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (conversation_id, rules_version)
);
-- Dispatch rates (B13): an agent's real calls in order.
CREATE INDEX verdict_agent ON verdict (agent_name, start_time, conversation_id);

-- Leads whose delivery is still to be looked at (D2).
CREATE TABLE delivery_check (
    lead_id         TEXT        PRIMARY KEY,
    conversation_id TEXT        NOT NULL,
    agent_name      TEXT        NOT NULL,
    create_time     TIMESTAMPTZ NOT NULL,
    state           TEXT        NOT NULL CHECK (state IN ('due', 'delivered', 'flagged', 'ended'))
);
CREATE INDEX delivery_check_due ON delivery_check (create_time) WHERE state = 'due';

-- A finding that somebody or something must act on (R61).
CREATE TABLE flag (
    flag_id         UUID        PRIMARY KEY,  -- of kind, subject and slot: the same finding is one flag
    kind            TEXT        NOT NULL,
    severity        BIGINT      NOT NULL CHECK (severity BETWEEN 1 AND 3),
    state           TEXT        NOT NULL CHECK (state IN ('open', 'mending', 'resolved')),
    subject         TEXT        NOT NULL,
    agent_name      TEXT        NOT NULL,
    conversation_id TEXT        NOT NULL,
    call_sid        TEXT        NOT NULL,
    lead_id         TEXT        NOT NULL,
    text            TEXT        NOT NULL,
    evidence        JSONB       NOT NULL,     -- array of turn, start, end, rule
    owner           TEXT        NOT NULL CHECK (owner IN ('machine', 'operator')),
    raise_time      TIMESTAMPTZ NOT NULL,
    times           BIGINT      NOT NULL,
    revision_id     UUID,
    resolve_time    TIMESTAMPTZ,
    resolved_by     TEXT        NOT NULL,
    resolution      TEXT        NOT NULL,
    CHECK ((state = 'resolved') = (resolve_time IS NOT NULL)),
    CHECK (state <> 'mending' OR revision_id IS NOT NULL)
);
-- The list, and an agent's open flags.
CREATE INDEX flag_open ON flag (severity, raise_time) WHERE state <> 'resolved';
CREATE INDEX flag_agent ON flag (agent_name, state);
CREATE INDEX flag_conversation ON flag (conversation_id);

-- Every configuration of an agent that was seen or made, and what became of it (B5).
CREATE TABLE revision (
    revision_id        UUID        PRIMARY KEY,
    agent_name         TEXT        NOT NULL,
    configuration_hash TEXT        NOT NULL,
    configuration      JSONB       NOT NULL,  -- as declared at telephony
    site_id            TEXT        NOT NULL,
    served_categories  JSONB       NOT NULL,  -- array of ids
    state              TEXT        NOT NULL CHECK (state IN ('candidate', 'evaluating', 'passed', 'failed', 'live', 'superseded', 'rolled_back')),
    origin             TEXT        NOT NULL CHECK (origin IN ('catalog', 'mend', 'put_back', 'operator')),
    cause              TEXT        NOT NULL,
    clauses            JSONB       NOT NULL,  -- array of texts
    run_id             TEXT        NOT NULL,
    reasons            JSONB       NOT NULL,  -- array of sentences
    approved_by        TEXT        NOT NULL,
    create_time        TIMESTAMPTZ NOT NULL,
    release_time       TIMESTAMPTZ,
    end_time           TIMESTAMPTZ,           -- when it went out of production, or out of the race
    credits_used       BIGINT,
    due_us             BIGINT,                -- null: nothing is due
    lease_until_us     BIGINT      NOT NULL DEFAULT 0,
    tries              BIGINT      NOT NULL DEFAULT 0,
    traceparent        TEXT
);
-- One candidate for each agent on its way, and one that is live (B5).
CREATE UNIQUE INDEX revision_candidate ON revision (agent_name)
    WHERE state IN ('candidate', 'evaluating', 'passed');
CREATE UNIQUE INDEX revision_live ON revision (agent_name) WHERE state = 'live';
-- What was live at a time; an agent's revisions.
CREATE INDEX revision_release ON revision (agent_name, release_time);
CREATE INDEX revision_time ON revision (create_time, revision_id);
-- The worker's search.
CREATE INDEX revision_due ON revision (due_us) WHERE due_us IS NOT NULL;

-- Regression scenarios that flagged calls added to their agent (D14).
CREATE TABLE scenario (
    agent_name  TEXT        NOT NULL,
    scenario_id TEXT        NOT NULL,
    content     JSONB       NOT NULL,
    flag_id     UUID        NOT NULL REFERENCES flag (flag_id),
    create_time TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agent_name, scenario_id)
);

-- Tasks that run now and then, on one replica at a time.
CREATE TABLE task (
    name           TEXT   PRIMARY KEY,
    owner          TEXT   NOT NULL,
    due_us         BIGINT NOT NULL,
    lease_until_us BIGINT NOT NULL
);
