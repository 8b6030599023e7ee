-- The ledger (D4, R10, R35, R74-R81): prices, what cost something, what calls were, what attempts
-- bring in, and the books. Amounts are micros: millionths of the currency's unit.

-- A price holds from its day, 00:00 UTC, until the next one of its item and country.
CREATE TABLE price (
    item          TEXT NOT NULL,
    -- Empty: for every country without a price of its own.
    country       TEXT NOT NULL CHECK (country = '' OR length(country) = 2),
    from_date     DATE NOT NULL,
    amount_micros BIGINT NOT NULL CHECK (amount_micros >= 0),
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    PRIMARY KEY (item, country, from_date)
);

CREATE TABLE exchange_rate (
    from_currency TEXT NOT NULL CHECK (length(from_currency) = 3),
    to_currency   TEXT NOT NULL CHECK (length(to_currency) = 3),
    from_date     DATE NOT NULL,
    -- Decimal text.
    rate          TEXT NOT NULL,
    PRIMARY KEY (from_currency, to_currency, from_date),
    CHECK (from_currency <> to_currency)
);

-- What goes with the price list, and how far lines are priced by it.
CREATE TABLE ledger_rules (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    report_currency TEXT NOT NULL CHECK (length(report_currency) = 3),
    credit_days     INTEGER NOT NULL CHECK (credit_days >= 1),
    expected        JSONB NOT NULL,
    -- Counts changes of the list.
    version         BIGINT NOT NULL,
    -- Facts after this place, in order of time and key, are priced by an older list; null: none.
    reprice_time    TIMESTAMPTZ,
    reprice_key     TEXT,
    CHECK ((reprice_time IS NULL) = (reprice_key IS NULL))
);
INSERT INTO ledger_rules (id, report_currency, credit_days, expected, version)
VALUES (1, 'EUR', 14, '{}', 0);

-- When a number stood, and where: each month in which it did costs something (R10, R74).
CREATE TABLE number_period (
    number     TEXT NOT NULL,
    from_time  TIMESTAMPTZ NOT NULL,
    until_time TIMESTAMPTZ,
    site_id    TEXT NOT NULL REFERENCES site (site_id),
    country    TEXT NOT NULL CHECK (length(country) = 2),
    kind       TEXT NOT NULL CHECK (kind IN ('did', 'chain_mobile')),
    PRIMARY KEY (number, from_time),
    CHECK (until_time IS NULL OR until_time >= from_time)
);
CREATE UNIQUE INDEX number_period_one ON number_period (number) WHERE until_time IS NULL;
-- Numbers that stand already, from now on.
INSERT INTO number_period (number, from_time, site_id, country, kind)
SELECT n.number, CURRENT_TIMESTAMP, n.site_id, s.country, n.kind
  FROM site_number n JOIN site s ON s.site_id = n.site_id;

-- Calls that were closed, as quality-service told (R76).
CREATE TABLE ended_call (
    call_sid   TEXT PRIMARY KEY,
    site_id    TEXT NOT NULL,
    -- Empty: nobody of ours answered.
    agent_name TEXT NOT NULL,
    class      TEXT NOT NULL CHECK (class IN ('lead', 'recovered', 'off_topic', 'flagged', 'spam',
        'hang_up')),
    -- The caller was heard: a flagged call is real only then (R76).
    heard      BOOLEAN NOT NULL,
    start_time TIMESTAMPTZ NOT NULL,
    end_time   TIMESTAMPTZ NOT NULL,
    -- As the carrier bills it; null: unknown.
    seconds    BIGINT CHECK (seconds >= 0)
);
CREATE INDEX ended_call_time ON ended_call (start_time);

-- One thing that cost something, once, with what it is worth by the price list. The latest telling
-- counts; the books follow by reversal.
CREATE TABLE cost_line (
    cost_key        TEXT PRIMARY KEY,
    part            TEXT NOT NULL CHECK (part IN ('did', 'chain', 'carrier', 'agent', 'sms',
        'whatsapp', 'email')),
    cost_time       TIMESTAMPTZ NOT NULL,
    -- Whose prices hold.
    country         TEXT NOT NULL,
    -- Whom it belongs to; empty: to nobody.
    site_id         TEXT NOT NULL,
    number          TEXT NOT NULL,
    call_sid        TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    lead_id         UUID,
    provider_id     TEXT NOT NULL,
    agent_name      TEXT NOT NULL,
    -- What the vendor told: nothing yet, or its own figure and quantities.
    word            JSONB NOT NULL,
    -- The line: an amount, or why there is none (D4).
    amount_micros   BIGINT CHECK (amount_micros >= 0),
    currency        TEXT CHECK (length(currency) = 3),
    unknown         TEXT CHECK (unknown IN ('NO_WORD_YET', 'NO_QUANTITY', 'NO_PRICE', 'TOO_LARGE')),
    source          TEXT CHECK (source IN ('actual', 'listed')),
    price_date      DATE,
    quantity_kind   TEXT CHECK (quantity_kind IN ('month', 'seconds', 'credits', 'segments', 'message')),
    quantity        BIGINT,
    CHECK ((amount_micros IS NULL) = (unknown IS NOT NULL)),
    CHECK ((amount_micros IS NULL) = (currency IS NULL)),
    CHECK ((amount_micros IS NULL) = (source IS NULL)),
    CHECK ((source IS NOT NULL AND source = 'listed') = (price_date IS NOT NULL)),
    CHECK (quantity_kind IS NOT NULL OR quantity IS NULL)
);
-- Periods, and the place of a new price list.
CREATE INDEX cost_line_time ON cost_line (cost_time, cost_key);
CREATE INDEX cost_line_lead ON cost_line (lead_id);
CREATE INDEX cost_line_call ON cost_line (call_sid) WHERE call_sid <> '';
-- Messages about a conversation whose call is told later, and what is not known.
CREATE INDEX cost_line_conversation ON cost_line (conversation_id) WHERE conversation_id <> '';
CREATE INDEX cost_line_unknown ON cost_line (unknown) WHERE unknown IS NOT NULL;

-- What happened to an attempt that matters for its income; append-only. Its line is made of it.
CREATE TABLE income_event (
    lead_id       UUID NOT NULL REFERENCES lead (id),
    attempt       INTEGER NOT NULL CHECK (attempt >= 1),
    number        INTEGER NOT NULL CHECK (number >= 1),
    event_time    TIMESTAMPTZ NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('assigned', 'confirmed', 'waived', 'charged', 'won',
        'lost', 'released', 'cancelled', 'credited')),
    -- Of the assignment: who, on which terms (R79, R80).
    provider_id   TEXT,
    terms         JSONB,
    -- Waived: where the same need is charged (D13).
    repeat_of     UUID,
    -- Won: what was billed. Credited: what was taken back.
    amount_micros BIGINT CHECK (amount_micros > 0),
    currency      TEXT CHECK (length(currency) = 3),
    -- Of a credit.
    credit_id     TEXT,
    reason        TEXT,
    actor         TEXT,
    PRIMARY KEY (lead_id, attempt, number),
    CHECK ((kind = 'assigned') = (provider_id IS NOT NULL)),
    CHECK ((kind = 'assigned') = (terms IS NOT NULL)),
    CHECK ((kind = 'waived') = (repeat_of IS NOT NULL)),
    CHECK ((kind IN ('won', 'credited')) = (amount_micros IS NOT NULL)),
    CHECK ((amount_micros IS NULL) = (currency IS NULL)),
    CHECK ((kind = 'credited') = (credit_id IS NOT NULL)),
    CHECK ((kind = 'credited') = (reason IS NOT NULL))
);
-- Each happens once to an attempt, but for credits, which have a key of their own.
CREATE UNIQUE INDEX income_event_once ON income_event (lead_id, attempt, kind) WHERE kind <> 'credited';
CREATE UNIQUE INDEX income_event_credit ON income_event (credit_id) WHERE credit_id IS NOT NULL;
-- What leans on another lead's charge.
CREATE INDEX income_event_waived ON income_event (repeat_of) WHERE kind = 'waived';
CREATE INDEX income_event_time ON income_event (event_time);
CREATE INDEX income_event_provider ON income_event (provider_id) WHERE provider_id IS NOT NULL;

-- The books: double entry, append-only. Each entry takes an amount above zero from one account to
-- another, so that all accounts together are zero in each currency, whatever the code does.
CREATE TABLE transfer (
    id            UUID PRIMARY KEY,
    base          TEXT NOT NULL,
    -- 1: the first that stands, 2: taken back, 3: the next that stands…
    place         INTEGER NOT NULL CHECK (place >= 1),
    before        INTEGER,
    debit         TEXT NOT NULL,
    credit        TEXT NOT NULL,
    amount_micros BIGINT NOT NULL CHECK (amount_micros > 0),
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    transfer_time TIMESTAMPTZ NOT NULL,
    create_time   TIMESTAMPTZ NOT NULL,
    -- At most one of a base stands at a time: each place once, none without the one before it.
    UNIQUE (base, place),
    CHECK ((place = 1) = (before IS NULL)),
    CHECK (before IS NULL OR before = place - 1),
    CHECK (debit <> credit),
    FOREIGN KEY (base, before) REFERENCES transfer (base, place)
);
-- Statements.
CREATE INDEX transfer_debit ON transfer (debit, transfer_time);
CREATE INDEX transfer_credit ON transfer (credit, transfer_time);

-- People who came to a site by an advertisement (R35): when each click was told, kept by the minute,
-- so that a page that is loaded again adds little and takes nothing away.
CREATE TABLE click (
    site_id    TEXT NOT NULL REFERENCES site (site_id),
    click_id   TEXT NOT NULL,
    -- Since the epoch.
    minute     BIGINT NOT NULL,
    -- Within that minute.
    first_time TIMESTAMPTZ NOT NULL,
    last_time  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (site_id, click_id, minute),
    CHECK (first_time <= last_time)
);
CREATE INDEX click_site_time ON click (site_id, last_time, first_time);
CREATE INDEX click_time ON click (last_time);
CREATE INDEX conversion_time ON conversion (create_time, lead_id);
CREATE INDEX conversion_open ON conversion (create_time) WHERE ambiguous IS NULL;
