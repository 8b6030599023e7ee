-- Parts of an SMS as carriers count and bill them; 0 for other channels, and for what was planned
-- before this column stood.
ALTER TABLE deliveries ADD COLUMN segments BIGINT NOT NULL DEFAULT 0;
