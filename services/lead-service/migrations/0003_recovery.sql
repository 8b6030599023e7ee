-- Leads after a loss (B3), and the word of the scan (R72). 0002 is the dialect's triggers.

-- A recovered lead owes a look at roster and carriers, from this moment on, before anybody is told.
-- The CHECK keeps the order whatever the code does: no provider before the look is done.
ALTER TABLE lead ADD COLUMN recover_since_us BIGINT
    CHECK (recover_since_us IS NULL OR provider_id IS NULL);
-- Who was told of it before the loss: it goes to this provider or to the operator.
ALTER TABLE lead ADD COLUMN before_provider_id TEXT;
-- When a carrier took that provider's offer, where notification-service lost it: nothing of the
-- offer is sent anew.
ALTER TABLE lead ADD COLUMN before_told_us BIGINT
    CHECK (before_told_us IS NULL OR before_provider_id IS NOT NULL);
-- That provider had accepted.
ALTER TABLE lead ADD COLUMN before_confirmed BOOLEAN NOT NULL DEFAULT FALSE
    CHECK (NOT before_confirmed OR before_provider_id IS NOT NULL);

-- The last scan that went well, by the database's clock.
CREATE TABLE scan_ping (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    -- When it was first waited for.
    first_us  BIGINT NOT NULL,
    last_us   BIGINT,
    -- The newest slot that was told.
    slot_time TIMESTAMPTZ
);
