-- Leads with all that belongs to them. One text for PostgreSQL and SQLite.

-- What leads need of the sites; put by the catalogue.
CREATE TABLE site (
    site_id     TEXT PRIMARY KEY,
    country     TEXT NOT NULL CHECK (length(country) = 2),
    facts       JSONB NOT NULL,
    change_time TIMESTAMPTZ NOT NULL,
    -- For the lead's reference: its source country is its site's (D5).
    UNIQUE (site_id, country)
);

-- DIDs and chain mobiles: each belongs to one site (R4).
CREATE TABLE site_number (
    number  TEXT PRIMARY KEY,
    site_id TEXT NOT NULL REFERENCES site (site_id),
    kind    TEXT NOT NULL CHECK (kind IN ('did', 'chain_mobile'))
);

CREATE TABLE category (
    category_id TEXT PRIMARY KEY,
    position    INTEGER NOT NULL,
    facts       JSONB NOT NULL,
    -- What left the catalogue stays readable for the leads that have it.
    active      BOOLEAN NOT NULL
);

CREATE TABLE city (
    city_id  TEXT PRIMARY KEY,
    country  TEXT NOT NULL CHECK (length(country) = 2),
    position INTEGER NOT NULL,
    facts    JSONB NOT NULL,
    active   BOOLEAN NOT NULL,
    -- For the lead's reference: its city lies in its source country (I7).
    UNIQUE (city_id, country)
);

-- Counts changes of the four tables above; what is kept in memory is good for one count.
CREATE TABLE catalogue_version (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO catalogue_version (id, version) VALUES (1, 1);

-- Operator-wide rules, put with the taxonomy.
CREATE TABLE lead_rules (
    id                   INTEGER PRIMARY KEY CHECK (id = 1),
    repeat_days          INTEGER NOT NULL CHECK (repeat_days >= 1),
    result_reminder_days INTEGER NOT NULL CHECK (result_reminder_days >= 1),
    retention_days       INTEGER NOT NULL CHECK (retention_days >= 1)
);
INSERT INTO lead_rules (id, repeat_days, result_reminder_days, retention_days)
VALUES (1, 30, 5, 730);

-- One row for each conversation: its lock, and what is known of its call before a lead is.
CREATE TABLE conversation (
    conversation_key TEXT PRIMARY KEY,
    -- The site that telephony proved, once it did.
    verified_site_id TEXT,
    call_end_us      BIGINT
);

CREATE TABLE lead (
    id               UUID PRIMARY KEY,
    conversation_key TEXT NOT NULL,
    need_number      INTEGER NOT NULL CHECK (need_number >= 1),
    need_key         TEXT,
    conversation_id  TEXT NOT NULL,
    call_sid         TEXT NOT NULL,
    origin           TEXT NOT NULL CHECK (origin IN ('tool_call', 'voicemail', 'recovered')),
    state            TEXT NOT NULL CHECK (state IN ('incomplete', 'pending', 'assigned', 'notified',
        'confirmed', 'won', 'lost', 'releasing', 'unmatched', 'cancelled')),
    verified         BOOLEAN NOT NULL,
    site_id          TEXT,
    site_url         TEXT NOT NULL,
    source_country   TEXT,
    -- The words as they came.
    customer_name    TEXT NOT NULL,
    phone_said       TEXT NOT NULL,
    language_said    TEXT NOT NULL,
    service          TEXT NOT NULL,
    location         TEXT NOT NULL,
    urgency_said     TEXT NOT NULL,
    arguments        UUID NOT NULL,
    caller_id        TEXT NOT NULL,
    recording_sid    TEXT NOT NULL,
    -- As they are understood.
    phone_e164       TEXT NOT NULL CHECK (phone_e164 = '' OR phone_e164 LIKE '+%'),
    language         TEXT NOT NULL,
    category         TEXT NOT NULL,
    city             TEXT,
    urgency          TEXT NOT NULL CHECK (urgency IN ('', 'emergency', 'soon', 'flexible')),
    missing_fields   TEXT NOT NULL,
    -- The match.
    attempt          INTEGER NOT NULL CHECK (attempt >= 0),
    provider_id      TEXT,
    provider_country TEXT,
    match_reason     TEXT NOT NULL,
    candidates       JSONB NOT NULL,
    told             BOOLEAN NOT NULL,
    -- The provider whom the operator named; cleared once the roster answered (D7).
    wanted_provider_id TEXT,
    -- The earlier lead of the same customer and need, with the same provider (D13).
    repeat_of        UUID,
    -- The offer that stands (D8): until when it may be answered, when its provider is reminded, and
    -- when it is looked at whether any message of it was taken by a carrier.
    deadline_us      BIGINT,
    reminder_us      BIGINT,
    watch_us         BIGINT,
    -- No carrier took a message of the offer, and the operator knows.
    unreached        BOOLEAN NOT NULL DEFAULT FALSE,
    -- What roster and people must learn of a confirmed or finished lead is done.
    settled          BOOLEAN NOT NULL DEFAULT TRUE,
    confirm_time     TIMESTAMPTZ,
    -- A confirmed lead: when its slot is freed, its provider asked for the result, the operator told.
    free_us          BIGINT,
    ask_us           BIGINT,
    no_result_us     BIGINT,
    -- What came of it.
    won_amount_minor BIGINT CHECK (won_amount_minor > 0),
    won_currency     TEXT CHECK (length(won_currency) = 3),
    lost_reason      TEXT,
    -- When the personal data were erased (B10).
    erase_time       TIMESTAMPTZ,
    -- The job: this row is its own queue.
    operator_owned   BOOLEAN NOT NULL,
    tries            INTEGER NOT NULL,
    due_us           BIGINT,
    lease_until_us   BIGINT,
    -- When an unmatched lead is tried again, once people are told.
    retry_us         BIGINT,
    -- Changes of the roster while it was being matched.
    wake_count       BIGINT NOT NULL DEFAULT 0,
    assumed_end_us   BIGINT NOT NULL,
    call_end_us      BIGINT,
    traceparent      TEXT,
    version          BIGINT NOT NULL,
    create_us        BIGINT NOT NULL,
    create_time      TIMESTAMPTZ NOT NULL,
    change_time      TIMESTAMPTZ NOT NULL,
    -- The saved answer (I3); no personal data.
    answer_template  TEXT,
    answer_status    TEXT,
    answer_language  TEXT,
    answer_category_name TEXT,

    -- The source country is the site's, and the city lies in it, whatever the code does (D5, I7).
    FOREIGN KEY (site_id, source_country) REFERENCES site (site_id, country),
    FOREIGN KEY (city, source_country) REFERENCES city (city_id, country),
    CHECK ((site_id IS NULL) = (source_country IS NULL)),
    -- A city without a country would slip past the reference.
    CHECK (city IS NULL OR source_country IS NOT NULL),
    -- A lead never crosses a border (R42).
    CHECK (provider_country = source_country),
    CHECK ((provider_id IS NULL) = (provider_country IS NULL)),
    -- Nor does one without a source, whose country would slip past the comparison.
    CHECK (provider_id IS NULL OR source_country IS NOT NULL),
    -- The first need's key is the conversation alone (I2).
    CHECK ((need_number = 1) = (need_key IS NULL)),
    -- Nobody in limbo: what is not finished has a time, or the operator (I8).
    CHECK (state IN ('won', 'lost', 'cancelled') OR due_us IS NOT NULL OR operator_owned),
    -- A finished lead is due until roster and people know of its end, and then to nobody.
    CHECK (state NOT IN ('won', 'lost', 'cancelled') OR (due_us IS NULL) = settled),
    -- Whoever must learn something is not waited for without a time.
    CHECK (settled OR due_us IS NOT NULL),
    CHECK (settled OR state IN ('confirmed', 'won', 'lost', 'cancelled')),
    -- A release under way goes on by itself.
    CHECK (state <> 'releasing' OR due_us IS NOT NULL),
    -- A result, exactly where there is one.
    CHECK ((state = 'won') = (won_amount_minor IS NOT NULL)),
    CHECK ((won_amount_minor IS NULL) = (won_currency IS NULL)),
    CHECK ((state = 'lost') = (lost_reason IS NOT NULL)),
    CHECK (state NOT IN ('confirmed', 'won', 'lost') OR confirm_time IS NOT NULL),
    -- Only an offer that waits for its answer has a deadline.
    CHECK (state = 'notified' OR (deadline_us IS NULL AND reminder_us IS NULL AND watch_us IS NULL)),
    -- Nothing unproven reaches a provider.
    CHECK (verified OR state IN ('incomplete', 'pending', 'cancelled')),
    -- Who has it: somebody exactly while it is with a provider.
    CHECK (state NOT IN ('assigned', 'notified', 'confirmed', 'won', 'lost', 'releasing')
        OR provider_id IS NOT NULL),
    CHECK (state NOT IN ('incomplete', 'pending', 'unmatched') OR provider_id IS NULL),
    CHECK (state = 'incomplete' OR attempt >= 1 OR state = 'cancelled'),
    CHECK ((answer_template IS NULL) = (answer_status IS NULL))
);
-- At most one first need for each conversation, for ever (I2).
CREATE UNIQUE INDEX lead_first_need ON lead (conversation_key) WHERE need_number = 1;
-- At most one of each other need (I2); also finds all needs of a conversation.
CREATE UNIQUE INDEX lead_need ON lead (conversation_key, need_key);
-- The worker's search for what is due.
CREATE INDEX lead_due ON lead (due_us, create_us) WHERE due_us IS NOT NULL;
-- The wake-up of unmatched leads, oldest first (D7).
CREATE INDEX lead_unmatched ON lead (source_country, create_us) WHERE state = 'unmatched';
-- Lists, newest first.
CREATE INDEX lead_newest ON lead (create_us, id);
-- What belongs to a call, or to a conversation.
CREATE INDEX lead_call ON lead (call_sid);
CREATE INDEX lead_conversation ON lead (conversation_id);
-- The lead that a reply probably belongs to, and the trades that its sender asked for.
CREATE INDEX lead_phone ON lead (phone_e164);
-- Offers whose answer is overdue.
CREATE INDEX lead_deadline ON lead (deadline_us) WHERE deadline_us IS NOT NULL;

-- Who was offered a lead, attempt by attempt: never deleted, moved forward only.
CREATE TABLE lead_attempt (
    lead_id          UUID NOT NULL REFERENCES lead (id),
    attempt          INTEGER NOT NULL CHECK (attempt >= 1),
    provider_id      TEXT NOT NULL,
    provider_country TEXT NOT NULL CHECK (length(provider_country) = 2),
    state            TEXT NOT NULL CHECK (state IN ('offered', 'confirmed', 'completed', 'releasing',
        'released')),
    -- Why it is or will be released.
    cause            TEXT CHECK (cause IN ('silent', 'declined', 'undeliverable', 'operator',
        'cancelled')),
    -- Who answered or took it back, and the words in which a provider declined.
    actor            TEXT,
    reason           TEXT,
    -- By whose hours and how many minutes the deadline is counted (D8).
    answer_rule      JSONB NOT NULL,
    offer_us         BIGINT NOT NULL,
    offer_time       TIMESTAMPTZ NOT NULL,
    answer_time      TIMESTAMPTZ,
    release_time     TIMESTAMPTZ,
    PRIMARY KEY (lead_id, attempt),
    CHECK ((state IN ('releasing', 'released')) = (cause IS NOT NULL)),
    CHECK ((state = 'released') = (release_time IS NOT NULL))
);
-- At most one that is not released for each lead (I4).
CREATE UNIQUE INDEX lead_attempt_one_owner ON lead_attempt (lead_id) WHERE state <> 'released';
-- Open offers of a provider, and what it had.
CREATE INDEX lead_attempt_provider ON lead_attempt (provider_id, state);

-- The provider's messages of an offer, as far as lead-service heard of them; moved forward only.
CREATE TABLE offer_delivery (
    delivery_id UUID PRIMARY KEY,
    lead_id     UUID NOT NULL,
    attempt     INTEGER NOT NULL,
    channel     TEXT NOT NULL,
    state       TEXT NOT NULL,
    error_class TEXT NOT NULL,
    reason      TEXT NOT NULL,
    -- When a carrier took it, by our database's clock at the latest.
    accept_us   BIGINT,
    FOREIGN KEY (lead_id) REFERENCES lead (id)
);
CREATE INDEX offer_delivery_attempt ON offer_delivery (lead_id, attempt);

-- What was learned about a channel, on its way to the roster (B4).
CREATE TABLE evidence (
    evidence_key   TEXT PRIMARY KEY,
    evidence       TEXT NOT NULL CHECK (evidence IN ('hard_failure', 'soft_failure', 'delivered',
        'answered', 'code', 'opted_out', 'opted_in')),
    -- Empty: everybody with the address among their channels.
    provider_id    TEXT NOT NULL,
    channel        TEXT NOT NULL CHECK (channel IN ('whatsapp', 'sms', 'email')),
    masked_address TEXT NOT NULL,
    -- The inbound message whose sender is meant; its number is read there.
    message_sid    TEXT,
    observe_time   TIMESTAMPTZ NOT NULL,
    reason         TEXT NOT NULL,
    -- The digits of a proof, as they were written.
    code           TEXT NOT NULL,
    proof_id       TEXT NOT NULL,
    create_time    TIMESTAMPTZ NOT NULL,
    traceparent    TEXT,
    tries          INTEGER NOT NULL,
    due_us         BIGINT,
    lease_until_us BIGINT
);
-- The worker's search for what is due.
CREATE INDEX evidence_due ON evidence (due_us) WHERE due_us IS NOT NULL;

-- Later tool calls about a lead, with other arguments.
CREATE TABLE amendment (
    lead_id       UUID NOT NULL REFERENCES lead (id),
    arguments     UUID NOT NULL,
    customer_name TEXT NOT NULL,
    phone_said    TEXT NOT NULL,
    language_said TEXT NOT NULL,
    service       TEXT NOT NULL,
    location      TEXT NOT NULL,
    urgency_said  TEXT NOT NULL,
    create_time   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (lead_id, arguments)
);

-- What happened to a lead; append-only, kept so by triggers (0002).
CREATE TABLE lead_event (
    lead_id    UUID NOT NULL REFERENCES lead (id),
    number     INTEGER NOT NULL CHECK (number >= 1),
    event_time TIMESTAMPTZ NOT NULL,
    kind       TEXT NOT NULL,
    from_state TEXT,
    to_state   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    cause      TEXT NOT NULL,
    attributes JSONB NOT NULL,
    PRIMARY KEY (lead_id, number)
);

-- Where the caller came from (R35): made with the lead, matched with clicks once there are any.
CREATE TABLE conversion (
    lead_id     UUID PRIMARY KEY REFERENCES lead (id),
    site_id     TEXT,
    click_id    TEXT,
    -- Unknown until clicks are looked at.
    ambiguous   BOOLEAN,
    create_time TIMESTAMPTZ NOT NULL,
    CHECK (click_id IS NULL OR ambiguous = FALSE)
);

-- What the operator must know; mailed once for each kind, subject and slot.
CREATE TABLE alarm (
    id             UUID PRIMARY KEY,
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    slot           TEXT NOT NULL,
    text           TEXT NOT NULL,
    create_time    TIMESTAMPTZ NOT NULL,
    traceparent    TEXT,
    tries          INTEGER NOT NULL,
    due_us         BIGINT,
    lease_until_us BIGINT,
    UNIQUE (kind, subject, slot)
);
-- The worker's search for what is due.
CREATE INDEX alarm_due ON alarm (due_us) WHERE due_us IS NOT NULL;

-- Inbound messages, stored once by the carrier's id and copied to the operator.
CREATE TABLE reply (
    message_sid    TEXT PRIMARY KEY,
    sender         TEXT NOT NULL,
    our_number     TEXT NOT NULL,
    channel        TEXT NOT NULL CHECK (channel IN ('sms', 'whatsapp')),
    body           TEXT NOT NULL,
    button_payload TEXT NOT NULL,
    opt_out_type   TEXT NOT NULL,
    -- The lead that it is about, or probably belongs to.
    lead_id        UUID REFERENCES lead (id),
    -- What is to be done about it, once that is decided; ids and words of our own.
    plan           JSONB,
    -- As what it was understood, once that is done.
    understood_as  TEXT,
    -- The operator has the copy.
    copied         BOOLEAN NOT NULL,
    create_time    TIMESTAMPTZ NOT NULL,
    traceparent    TEXT,
    tries          INTEGER NOT NULL,
    due_us         BIGINT,
    lease_until_us BIGINT
);
-- The worker's search for what is due.
CREATE INDEX reply_due ON reply (due_us) WHERE due_us IS NOT NULL;
-- What a number wrote, for its erasure; and what hangs on a lead.
CREATE INDEX reply_sender ON reply (sender);
CREATE INDEX reply_lead ON reply (lead_id);

-- Questions that were asked back, each once.
CREATE TABLE reply_question (
    kind        TEXT NOT NULL CHECK (kind IN ('which_offer', 'unclear', 'cancel')),
    -- A lead, or the fingerprint of a provider's open offers.
    subject     UUID NOT NULL,
    message_sid TEXT NOT NULL REFERENCES reply (message_sid),
    -- The bare answer that was asked about.
    word        TEXT CHECK (word IN ('yes', 'no')),
    ask_us      BIGINT NOT NULL,
    -- Beyond it an answer is none.
    expire_us   BIGINT,
    closed      BOOLEAN NOT NULL,
    PRIMARY KEY (kind, subject)
);

-- Tasks that run now and then, on one replica at a time.
CREATE TABLE task (
    name           TEXT PRIMARY KEY,
    owner          TEXT NOT NULL,
    due_us         BIGINT NOT NULL,
    lease_until_us BIGINT NOT NULL,
    -- When the last good run began, and what it counted.
    good_time      TIMESTAMPTZ,
    counted        BIGINT NOT NULL DEFAULT 0
);
-- Leads that changed since a run of the ownership check.
CREATE INDEX lead_event_time ON lead_event (event_time);
