-- What the vendor says a conversation cost, in millionths of a US dollar; null while it does not say.
ALTER TABLE conversation ADD COLUMN cost_usd_micros BIGINT;
