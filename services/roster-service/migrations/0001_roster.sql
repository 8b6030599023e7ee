-- Providers, where they serve, how they are told, and which lead belongs to whom.
-- The promises stand here, whatever the code does; what needs triggers is in 0002.

-- One tradesperson or clinic.
CREATE TABLE provider (
    provider_id        TEXT PRIMARY KEY,
    country            TEXT NOT NULL CHECK (length(country) = 2),
    name               TEXT NOT NULL,
    language           TEXT NOT NULL,
    -- {"categories": [...], "cities": [...]}: as declared; `coverage` is their product.
    serves             JSONB NOT NULL,
    priority           INTEGER NOT NULL CHECK (priority >= 1),
    -- Leads held at once, as wanted.
    capacity           INTEGER NOT NULL CHECK (capacity BETWEEN 1 AND 1000000),
    -- The limit that is enforced: the larger of what is wanted and what is held, so that a
    -- capacity below what is held is accepted and bites as slots free.
    slot_limit         INTEGER NOT NULL,
    -- Slots held: as many as assignments that hold one (I5). Triggers alone move it.
    held               INTEGER NOT NULL DEFAULT 0,
    max_per_day        INTEGER NOT NULL CHECK (max_per_day >= 0),
    -- The provider's own date of its latest lead, and the leads of that date still with it.
    day                TEXT,
    day_taken          INTEGER NOT NULL DEFAULT 0 CHECK (day_taken >= 0),
    time_zone          TEXT NOT NULL,
    -- {"windows": [[weekday 1..7, open_minute, close_minute], ...]}; none means always open.
    hours              JSONB NOT NULL,
    address            TEXT NOT NULL,
    flat_amount_minor  BIGINT CHECK (flat_amount_minor > 0),
    flat_currency      TEXT CHECK (length(flat_currency) = 3),
    percent_hundredths INTEGER CHECK (percent_hundredths BETWEEN 1000 AND 2000),
    -- Declared channels that serve. Triggers alone move it.
    serving            INTEGER NOT NULL DEFAULT 0 CHECK (serving >= 0),
    paused             BOOLEAN NOT NULL DEFAULT FALSE,
    pause_actor        TEXT,
    -- Hash of the declared fields as they stand, and as the catalogue last wrote them; the two
    -- differ once an operator changed something.
    content_hash       TEXT NOT NULL,
    catalog_hash       TEXT,
    last_assign_time   TIMESTAMPTZ,
    version            BIGINT NOT NULL DEFAULT 1,
    create_time        TIMESTAMPTZ NOT NULL,
    change_time        TIMESTAMPTZ NOT NULL,
    UNIQUE (provider_id, country),
    -- I5. `slot_limit` is exactly max(capacity, held).
    CHECK (held >= 0 AND held <= slot_limit),
    CHECK (slot_limit >= capacity AND (slot_limit = capacity OR slot_limit = held)),
    CHECK ((flat_amount_minor IS NULL) = (flat_currency IS NULL)),
    CHECK ((flat_amount_minor IS NULL) <> (percent_hundredths IS NULL)),
    CHECK (paused = (pause_actor IS NOT NULL))
);
-- ListProviders of a country.
CREATE INDEX provider_country ON provider (country, provider_id);
-- The neighbours that an explanation names. Only this index gives their order, so that no planner
-- walks all providers in search of a country that has few.
CREATE INDEX provider_neighbour ON provider (country, priority, provider_id);

-- How a provider is told. A contact that was replaced keeps its row: for 90 days, since an answer may
-- still come from it, and for good while it is quarantined or opted out, so that its return does not
-- bring it back to life.
CREATE TABLE channel (
    provider_id   TEXT NOT NULL REFERENCES provider (provider_id),
    kind          TEXT NOT NULL CHECK (kind IN ('whatsapp', 'sms', 'email')),
    address       TEXT NOT NULL,
    -- The address as it is compared.
    address_key   TEXT NOT NULL,
    declared      BOOLEAN NOT NULL,
    declared_time TIMESTAMPTZ NOT NULL,
    -- When it was replaced, by the database's clock.
    replace_us    BIGINT,
    health        TEXT NOT NULL
                  CHECK (health IN ('unproven', 'proven', 'quarantined', 'opted_out')),
    -- The address is wrong until it is proven; stands also beneath a recipient's no.
    faulty        BOOLEAN NOT NULL DEFAULT FALSE,
    health_time   TIMESTAMPTZ NOT NULL,
    health_cause  TEXT NOT NULL DEFAULT '',
    -- The one suspicion that no delivery took back yet.
    suspect_time  TIMESTAMPTZ,
    -- The latest message known to have arrived.
    reach_time    TIMESTAMPTZ,
    PRIMARY KEY (provider_id, kind, address),
    CHECK (declared = (replace_us IS NULL)),
    CHECK (faulty OR health <> 'quarantined'),
    CHECK (NOT faulty OR health IN ('quarantined', 'opted_out'))
);
-- One contact of each kind.
CREATE UNIQUE INDEX channel_declared ON channel (provider_id, kind) WHERE declared;
-- Who has this number or address.
CREATE INDEX channel_address ON channel (address_key, kind, provider_id);
-- What retention takes.
CREATE INDEX channel_replaced ON channel (replace_us) WHERE replace_us IS NOT NULL;

-- What was learned about channels, once for each key, with the answer that was given. Holds masked
-- forms only, for 90 days.
CREATE TABLE evidence (
    evidence_key   TEXT PRIMARY KEY,
    evidence       TEXT NOT NULL CHECK (evidence IN ('hard_failure', 'soft_failure', 'delivered',
                       'answered', 'code', 'opted_out', 'opted_in')),
    kind           TEXT NOT NULL CHECK (kind IN ('whatsapp', 'sms', 'email')),
    provider_id    TEXT,
    masked_address TEXT NOT NULL,
    reason         TEXT NOT NULL,
    observe_time   TIMESTAMPTZ NOT NULL,
    -- [[provider_id, kind, health, serving], ...]
    changes        JSONB NOT NULL,
    record_us      BIGINT NOT NULL
);
-- What retention takes.
CREATE INDEX evidence_age ON evidence (record_us);

-- How the health of a channel moved, and by whom. Append-only.
CREATE TABLE channel_change (
    change_id      UUID PRIMARY KEY,
    provider_id    TEXT NOT NULL REFERENCES provider (provider_id),
    kind           TEXT NOT NULL,
    masked_address TEXT NOT NULL,
    health         TEXT NOT NULL,
    actor          TEXT NOT NULL,
    cause          TEXT NOT NULL,
    change_time    TIMESTAMPTZ NOT NULL
);

-- A proof that a channel reaches its provider: a code to send back, or a test whose receipt is
-- enough. It is also the job that sends it.
CREATE TABLE proof (
    proof_id      UUID PRIMARY KEY,
    provider_id   TEXT NOT NULL REFERENCES provider (provider_id),
    kind          TEXT NOT NULL CHECK (kind IN ('whatsapp', 'sms', 'email')),
    -- The declaration that it proves: another address needs another proof.
    declared_time TIMESTAMPTZ NOT NULL,
    -- The digits, while they may still come; null for a test.
    code          TEXT CHECK (length(code) = 6),
    needs_code    BOOLEAN NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'proven', 'failed', 'expired')),
    -- Wrong codes so far; the fifth ends it.
    wrong_tries   INTEGER NOT NULL DEFAULT 0 CHECK (wrong_tries BETWEEN 0 AND 4),
    actor         TEXT NOT NULL,
    create_time   TIMESTAMPTZ NOT NULL,
    expire_time   TIMESTAMPTZ NOT NULL,
    create_us     BIGINT NOT NULL,
    expire_us     BIGINT NOT NULL,
    -- Whether notification-service has it.
    planned       BOOLEAN NOT NULL DEFAULT FALSE,
    tries         INTEGER NOT NULL DEFAULT 0,
    due_us        BIGINT NOT NULL,
    traceparent   TEXT,
    CHECK ((code IS NOT NULL) = (needs_code AND state = 'open'))
);
-- One under way for each channel.
CREATE UNIQUE INDEX proof_open ON proof (provider_id, kind) WHERE state = 'open';
-- The worker's search for what is not yet sent.
CREATE INDEX proof_due ON proof (due_us) WHERE state = 'open' AND NOT planned;
-- What retention takes.
CREATE INDEX proof_age ON proof (create_us);

-- What one replica does for all, and what it found last.
CREATE TABLE duty (
    name   TEXT PRIMARY KEY,
    due_us BIGINT NOT NULL,
    found  BIGINT NOT NULL
);
INSERT INTO duty (name, due_us, found)
VALUES ('capacity_not_conserved', 0, 0), ('assignments_across_border', 0, 0), ('retention', 0, 0);

-- A provider in one category and one city. A row that is no longer declared stays, inactive, for
-- the assignments that point to it. The country comes with the provider and with nothing else.
CREATE TABLE coverage (
    provider_id TEXT NOT NULL,
    country     TEXT NOT NULL,
    category    TEXT NOT NULL,
    city        TEXT NOT NULL,
    active      BOOLEAN NOT NULL,
    -- Mirror of the provider, kept by triggers, so that the order D3 is an index: whether it could
    -- take a lead but for the hour and the day's limit, and its place in the order.
    ready       BOOLEAN NOT NULL DEFAULT FALSE,
    priority    INTEGER NOT NULL DEFAULT 1,
    -- held / capacity in millionths of a millionth: exact, since capacity is at most a million.
    load        BIGINT NOT NULL DEFAULT 0,
    -- Time of the last lead; the epoch when there was none.
    rank_time   TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01T00:00:00+00:00',
    PRIMARY KEY (provider_id, country, category, city),
    FOREIGN KEY (provider_id, country) REFERENCES provider (provider_id, country)
);
-- AssignProvider: who could take it, in the order D3.
CREATE INDEX coverage_ready
    ON coverage (country, category, city, priority, load, rank_time, provider_id) WHERE ready;
-- AssignProvider: who could not, for the explanation (B6).
CREATE INDEX coverage_shut
    ON coverage (country, category, city, provider_id) WHERE active AND NOT ready;
-- ListCoverage.
CREATE INDEX coverage_cell ON coverage (country, category, city, provider_id) WHERE active;

-- How many providers cover a cell, so that an explanation can count those that it leaves out.
CREATE TABLE cell (
    country   TEXT NOT NULL,
    category  TEXT NOT NULL,
    city      TEXT NOT NULL,
    providers BIGINT NOT NULL CHECK (providers >= 0),
    PRIMARY KEY (country, category, city)
);

-- A lead as far as the roster must know it: its country, fixed by its first assignment.
CREATE TABLE lead (
    lead_id UUID PRIMARY KEY,
    country TEXT CHECK (length(country) = 2),
    -- Counts the writers that came by: 1 tells the first that there is nothing to read yet.
    visits  BIGINT NOT NULL,
    UNIQUE (lead_id, country)
);

-- One lead bound to one provider. The one country stands in both foreign keys: a lead can only go
-- to a provider of its own country, in a category and city that this provider covers (I7).
CREATE TABLE assignment (
    lead_id       UUID NOT NULL,
    attempt       INTEGER NOT NULL CHECK (attempt >= 1),
    assignment_id UUID NOT NULL,
    country       TEXT NOT NULL,
    provider_id   TEXT NOT NULL,
    category      TEXT NOT NULL,
    city          TEXT NOT NULL,
    state         TEXT NOT NULL
                  CHECK (state IN ('reserved', 'confirmed', 'completed', 'released')),
    holds_slot    BOOLEAN NOT NULL,
    -- The provider's own date when it got the lead: what `max_per_day` counts.
    local_day     TEXT NOT NULL CHECK (length(local_day) = 10),
    assign_time   TIMESTAMPTZ NOT NULL,
    confirm_time  TIMESTAMPTZ,
    free_time     TIMESTAMPTZ,
    complete_time TIMESTAMPTZ,
    release_time  TIMESTAMPTZ,
    release_cause TEXT,
    -- {"omitted": n, "looked": [...]}: every candidate with the rule that removed it (B6). Ids and
    -- figures only.
    explanation   JSONB NOT NULL,
    PRIMARY KEY (lead_id, attempt),
    FOREIGN KEY (lead_id, country) REFERENCES lead (lead_id, country),
    FOREIGN KEY (provider_id, country, category, city)
        REFERENCES coverage (provider_id, country, category, city),
    CHECK (confirm_time IS NOT NULL OR state IN ('reserved', 'released')),
    CHECK (confirm_time IS NULL OR state <> 'reserved'),
    CHECK ((complete_time IS NOT NULL) = (state = 'completed')),
    CHECK ((release_time IS NOT NULL) = (state = 'released')),
    CHECK ((release_cause IS NOT NULL) = (state = 'released')),
    -- A slot is held until it is freed, and it is freed once.
    CHECK (holds_slot = (free_time IS NULL)),
    CHECK (holds_slot OR state <> 'reserved'),
    CHECK (NOT holds_slot OR state IN ('reserved', 'confirmed'))
);
-- I4: at most one assignment of a lead is not released; a completed one counts.
CREATE UNIQUE INDEX assignment_owner ON assignment (lead_id) WHERE state <> 'released';
-- ListAssignments of a provider, newest first.
CREATE INDEX assignment_provider ON assignment (provider_id, assign_time, assignment_id);
-- ListAssignments of all, newest first.
CREATE INDEX assignment_newest ON assignment (assign_time, assignment_id);

-- An attempt that was released before it was ever assigned: it can never be assigned any more.
CREATE TABLE closed_attempt (
    lead_id    UUID NOT NULL REFERENCES lead (lead_id),
    attempt    INTEGER NOT NULL CHECK (attempt >= 1),
    cause      TEXT NOT NULL,
    close_time TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (lead_id, attempt)
);

-- Who changed a provider, when and why. Append-only.
CREATE TABLE provider_change (
    provider_id TEXT NOT NULL REFERENCES provider (provider_id),
    version     BIGINT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('created', 'updated', 'paused', 'resumed')),
    actor       TEXT NOT NULL,
    cause       TEXT NOT NULL,
    change_time TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (provider_id, version)
);
