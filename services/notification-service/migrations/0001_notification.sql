-- Channel rules as the catalogue declares them. `rules` holds one row: a version that every write
-- raises, so that each replica knows in one look whether its copy still stands.
CREATE TABLE rules (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    -- So many days after it was made a message loses its address and text.
    message_retention_days BIGINT NOT NULL CHECK (message_retention_days > 0)
);
INSERT INTO rules (id, version, message_retention_days) VALUES (1, 0, 90);

CREATE TABLE country_rules (
    country       TEXT PRIMARY KEY CHECK (length(country) = 2),
    sms_from      TEXT NOT NULL,
    whatsapp_from TEXT NOT NULL,
    two_way_sms   BOOLEAN NOT NULL
);

CREATE TABLE whatsapp_templates (
    template    TEXT NOT NULL,
    language    TEXT NOT NULL,
    content_sid TEXT NOT NULL,
    PRIMARY KEY (template, language)
);

CREATE TABLE languages (
    position BIGINT NOT NULL,
    language TEXT PRIMARY KEY
);

-- One notice for each business key; whoever writes the row first writes the whole plan (I9).
-- 'cancelled' is a key that was taken back before its notice came: it stays closed.
CREATE TABLE notices (
    message_key TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN (
        'lead_assigned', 'lead_unmatched', 'operator_alarm', 'inbound_reply', 'offer_reminder',
        'lead_released', 'lead_confirmed', 'reply_answer', 'result_reminder', 'channel_proof',
        'cancelled')),
    lead_id     UUID,
    -- Health-related: so may be an answer from whoever it was sent to (D10).
    health      BOOLEAN NOT NULL,
    create_time TIMESTAMPTZ NOT NULL,
    -- To whom it was taken back: nobody sends it to them again (D8).
    closed_to_provider BOOLEAN NOT NULL DEFAULT FALSE,
    closed_to_customer BOOLEAN NOT NULL DEFAULT FALSE,
    closed_to_operator BOOLEAN NOT NULL DEFAULT FALSE
);

-- The source country of each lead and the countries that its site allows besides (D5), fixed by the
-- lead's first notice (R43): a delivery of the lead can claim no others, and a lead that has
-- deliveries keeps those it has.
CREATE TABLE lead_countries (
    lead_id           UUID PRIMARY KEY,
    source_country    TEXT NOT NULL CHECK (length(source_country) = 2),
    -- ' CH FR ', each code between spaces, or ''.
    allowed_countries TEXT NOT NULL,
    UNIQUE (lead_id, source_country, allowed_countries)
);

-- One message to one recipient by one channel. No personal data: see `messages`.
CREATE TABLE deliveries (
    id                UUID PRIMARY KEY,
    message_key       TEXT NOT NULL REFERENCES notices (message_key),
    template          TEXT NOT NULL,
    recipient         TEXT NOT NULL CHECK (recipient IN ('provider', 'customer', 'operator')),
    channel           TEXT NOT NULL CHECK (channel IN ('whatsapp', 'sms', 'email')),
    lead_id           UUID,
    state             TEXT NOT NULL CHECK (state IN (
        'queued', 'sending', 'accepted', 'delivered', 'failed', 'dead', 'expired', 'withheld',
        'not_possible', 'unknown', 'cancelled')),
    -- What is due next, at `due_us`: a send, a look-up of an unknown outcome, a poll for the end.
    task              TEXT CHECK (task IN ('send', 'look_up', 'poll')),
    reason            TEXT NOT NULL,
    error_class       TEXT NOT NULL,
    -- Of a lead the lead's own; of a provider's channel (a proof, its answer) the provider's; NULL for
    -- what is about neither, which goes to the operator by mail only.
    source_country    TEXT,
    -- The lead's, so that the rule below can read them in this row.
    allowed_countries TEXT,
    address_country   TEXT NOT NULL,
    recipient_country TEXT NOT NULL,
    -- The provider of a message to a provider; '' for others.
    recipient_id      TEXT NOT NULL,
    -- The one country besides the source's to which this customer's SMS may go (D5), or ''.
    allowed_country   TEXT NOT NULL,
    masked_address    TEXT NOT NULL,
    sender            TEXT NOT NULL,
    reference         TEXT NOT NULL,
    carrier_id        TEXT,
    carrier_rank      BIGINT NOT NULL,
    fence             BIGINT NOT NULL,
    attempts          BIGINT NOT NULL,
    -- Sends whose outcome was unknown for a while (B7).
    ambiguous_attempts BIGINT NOT NULL,
    -- How often the operator had it sent again, and the tries before the last time.
    retries           BIGINT NOT NULL,
    earlier_attempts  BIGINT NOT NULL,
    look_ups          BIGINT NOT NULL,
    polls             BIGINT NOT NULL,
    cancel_requested  BOOLEAN NOT NULL,
    due_us            BIGINT NOT NULL,
    lease_until_us    BIGINT NOT NULL,
    attempt_start_us  BIGINT NOT NULL,
    not_after_us      BIGINT NOT NULL,
    traceparent       TEXT,
    create_time       TIMESTAMPTZ NOT NULL,
    accept_time       TIMESTAMPTZ,
    settle_time       TIMESTAMPTZ,
    UNIQUE (message_key, template, recipient, channel),
    FOREIGN KEY (lead_id, source_country, allowed_countries)
        REFERENCES lead_countries (lead_id, source_country, allowed_countries),
    -- The rules below compare countries, so whoever is not the operator has them.
    CONSTRAINT about_a_lead CHECK (
        (lead_id IS NOT NULL AND source_country IS NOT NULL AND allowed_countries IS NOT NULL)
        OR (recipient = 'operator' AND channel = 'email')
        -- About a provider's channel: the source is the provider's own country.
        OR (lead_id IS NULL AND template IN ('channel_proof', 'provider_answer')
            AND recipient = 'provider' AND source_country IS NOT NULL)),
    CONSTRAINT proof_of_no_lead CHECK (template <> 'channel_proof' OR lead_id IS NULL),
    -- D5: no statement allows a country that the lead's site does not allow.
    CONSTRAINT allowed_by_the_site CHECK (
        allowed_country = ''
        OR (allowed_countries IS NOT NULL
            AND replace(allowed_countries, ' ' || allowed_country || ' ', '') <> allowed_countries)),
    -- R43: nor does a provider's message become a customer's, who alone may be told abroad.
    CONSTRAINT recipient_of_template CHECK (
        (recipient = 'customer') = (template IN (
            'customer_confirmation', 'customer_unmatched', 'customer_answer'))),
    -- R43, D5: nothing that could be sent crosses a border, whoever writes the row.
    CONSTRAINT border CHECK (
        state IN ('withheld', 'not_possible')
        OR channel = 'email'
        OR (address_country <> ''
            AND (address_country = source_country
                 OR (recipient = 'customer' AND address_country = allowed_country)))),
    -- R42: a provider of another country is told nothing, by no channel.
    CONSTRAINT provider_country CHECK (
        state IN ('withheld', 'not_possible')
        OR recipient <> 'provider'
        OR (recipient_country <> '' AND recipient_country = source_country)),
    CONSTRAINT task_of_state CHECK (
        (state = 'queued' AND task = 'send')
        OR (state = 'sending' AND task IN ('send', 'look_up'))
        OR (state = 'accepted' AND (task IS NULL OR task = 'poll'))
        OR (state NOT IN ('queued', 'sending', 'accepted') AND task IS NULL)),
    CONSTRAINT accepted_has_time CHECK (
        state NOT IN ('accepted', 'delivered') OR accept_time IS NOT NULL)
);

-- Serves the claim of each channel's worker: what is due, oldest first.
CREATE INDEX deliveries_due ON deliveries (channel, task, due_us, id) WHERE task IS NOT NULL;
-- Serves ListDeliveries of a lead, and CancelDeliveries by message through the unique key.
CREATE INDEX deliveries_of_lead ON deliveries (lead_id, create_time, id);
-- Serves ListDeliveries without a lead.
CREATE INDEX deliveries_by_time ON deliveries (create_time, id);
-- Serves reports that name the carrier's id only, and "does another delivery claim it?".
CREATE INDEX deliveries_by_carrier_id ON deliveries (carrier_id) WHERE carrier_id IS NOT NULL;

-- Each erasure (B10). The phone stays while something of it is left to do, so that a repeat finds
-- what that is.
CREATE TABLE erasures (
    id          UUID PRIMARY KEY,
    actor       TEXT NOT NULL,
    phone       TEXT NOT NULL,
    -- Whether the carrier is still to be asked what else it holds of the phone.
    search      BOOLEAN NOT NULL,
    tries       BIGINT NOT NULL,
    due_us      BIGINT NOT NULL,
    create_time TIMESTAMPTZ NOT NULL,
    CONSTRAINT search_of_a_phone CHECK (phone <> '' OR NOT search)
);
CREATE INDEX erasures_due ON erasures (due_us) WHERE search;
-- Serves "what is left of this number?".
CREATE INDEX erasures_open ON erasures (phone) WHERE phone <> '';

-- What a delivery says and to whom: the only personal data in this schema (store/personal.rs).
CREATE TABLE messages (
    delivery_id UUID PRIMARY KEY REFERENCES deliveries (id),
    address     TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    html        TEXT NOT NULL,
    -- WhatsApp: the approved template and its variables.
    content_sid TEXT NOT NULL,
    variables   JSONB NOT NULL,
    create_us   BIGINT NOT NULL,
    -- What emptied the columns above: its age, or a person's wish (B10).
    emptied     TEXT NOT NULL DEFAULT '' CHECK (emptied IN ('', 'retention', 'erasure')),
    -- To be emptied as soon as no worker holds the delivery.
    erase_due   BOOLEAN NOT NULL DEFAULT FALSE,
    -- On whose behalf.
    erasure_id  UUID REFERENCES erasures (id)
);
-- Serves retention: the oldest that still say something.
CREATE INDEX messages_by_age ON messages (create_us) WHERE emptied = '';
CREATE INDEX messages_to_erase ON messages (delivery_id) WHERE erase_due;
-- Serves the look-up at the carrier: which of its messages to this address do others claim? And an
-- answer of an unknown lead: was its sender told of a health-related one?
CREATE INDEX messages_by_address ON messages (address);

-- One row for each try, look-up and poll.
CREATE TABLE attempts (
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    fence       BIGINT NOT NULL,
    task        TEXT NOT NULL CHECK (task IN ('send', 'look_up', 'poll')),
    start_us    BIGINT NOT NULL,
    end_time    TIMESTAMPTZ NOT NULL,
    outcome     TEXT NOT NULL,
    error_class TEXT NOT NULL,
    reason      TEXT NOT NULL,
    carrier_id  TEXT,
    PRIMARY KEY (delivery_id, fence)
);
-- Serves "is this carrier id one that we are done with?".
CREATE INDEX attempts_by_carrier_id ON attempts (carrier_id) WHERE carrier_id IS NOT NULL;

-- Tokens of Mailgun's signatures, stored with the effect of their event: the same token with
-- another event is a forgery (design.md, HTTP surface).
CREATE TABLE report_tokens (
    token        TEXT PRIMARY KEY,
    event_key    TEXT NOT NULL,
    receive_time TIMESTAMPTZ NOT NULL
);

-- Each use of the setting that gives the operator full copies of health-related leads (D10).
CREATE TABLE full_health_copies (
    delivery_id UUID PRIMARY KEY REFERENCES deliveries (id),
    use_time    TIMESTAMPTZ NOT NULL
);

-- Each time the operator had a delivery sent again.
CREATE TABLE retries (
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    number      BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    cause       TEXT NOT NULL,
    retry_time  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

-- One job for each message that Twilio is to delete: tried until it is gone.
CREATE TABLE carrier_erasures (
    carrier_id  TEXT PRIMARY KEY,
    -- The last erasure that asked for it; NULL for retention's.
    erasure_id  UUID REFERENCES erasures (id),
    tries       BIGINT NOT NULL,
    due_us      BIGINT NOT NULL,
    -- The last refusal.
    reason      TEXT NOT NULL,
    create_time TIMESTAMPTZ NOT NULL,
    end_time    TIMESTAMPTZ
);
CREATE INDEX carrier_erasures_due ON carrier_erasures (due_us) WHERE end_time IS NULL;
CREATE INDEX carrier_erasures_open ON carrier_erasures (erasure_id) WHERE end_time IS NULL;

-- What one of all replicas does at a time: whoever moves `due_us` does it.
CREATE TABLE duties (
    duty   TEXT PRIMARY KEY,
    due_us BIGINT NOT NULL
);

-- What was counted last, for every replica to show.
CREATE TABLE measures (
    measure TEXT PRIMARY KEY,
    value   BIGINT NOT NULL
);
