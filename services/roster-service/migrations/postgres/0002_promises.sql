-- The promises that need triggers, for PostgreSQL. migrations/sqlite holds the same.
-- Each function keeps the search path of this migration, whoever runs the statement.

-- Names sort by their bytes, as SQLite and Rust sort them: the order D3 ends in the id, and providers
-- are locked in one order by everybody.
ALTER TABLE provider ALTER COLUMN provider_id TYPE TEXT COLLATE "C";
ALTER TABLE coverage ALTER COLUMN provider_id TYPE TEXT COLLATE "C",
                     ALTER COLUMN country TYPE TEXT COLLATE "C",
                     ALTER COLUMN category TYPE TEXT COLLATE "C",
                     ALTER COLUMN city TYPE TEXT COLLATE "C";
ALTER TABLE channel ALTER COLUMN provider_id TYPE TEXT COLLATE "C";
ALTER TABLE cell ALTER COLUMN country TYPE TEXT COLLATE "C",
                 ALTER COLUMN category TYPE TEXT COLLATE "C",
                 ALTER COLUMN city TYPE TEXT COLLATE "C";

-- An assignment is history: it moves forward, its ends are final, and no row vanishes.
CREATE FUNCTION assignment_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an assignment is history and is never deleted' USING ERRCODE = '23514';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'reserved' THEN
            RAISE EXCEPTION 'an assignment starts reserved' USING ERRCODE = '23514';
        END IF;
        IF EXISTS (SELECT 1 FROM closed_attempt
                    WHERE lead_id = NEW.lead_id AND attempt = NEW.attempt) THEN
            RAISE EXCEPTION 'the attempt is closed' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('completed', 'released') THEN
        RAISE EXCEPTION 'a completed or released assignment is final' USING ERRCODE = '23514';
    END IF;
    IF (NEW.lead_id, NEW.attempt, NEW.assignment_id, NEW.country, NEW.provider_id, NEW.category,
        NEW.city, NEW.local_day, NEW.assign_time)
       <> (OLD.lead_id, OLD.attempt, OLD.assignment_id, OLD.country, OLD.provider_id, OLD.category,
           OLD.city, OLD.local_day, OLD.assign_time)
       OR (NEW.state = 'reserved' AND OLD.state <> 'reserved')
       OR (NEW.holds_slot AND NOT OLD.holds_slot) THEN
        RAISE EXCEPTION 'an assignment keeps its parties and moves forward' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_guard BEFORE INSERT OR UPDATE OR DELETE ON assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_guard();

-- The slot counter follows the assignments (I5): the CHECK on provider refuses one too many.
CREATE FUNCTION assignment_takes_slot() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE provider
       SET held = held + 1,
           day_taken = CASE WHEN day = NEW.local_day THEN day_taken + 1 ELSE 1 END,
           day = NEW.local_day,
           last_assign_time = NEW.assign_time
     WHERE provider_id = NEW.provider_id;
    RETURN NULL;
END $$;
CREATE TRIGGER assignment_takes_slot AFTER INSERT ON assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_takes_slot();

CREATE FUNCTION assignment_frees_slot() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE provider
       SET held = held - 1, slot_limit = GREATEST(capacity, held - 1)
     WHERE provider_id = NEW.provider_id AND OLD.holds_slot AND NOT NEW.holds_slot;
    UPDATE provider
       SET day_taken = day_taken - 1
     WHERE provider_id = NEW.provider_id AND NEW.state = 'released' AND day = NEW.local_day;
    RETURN NULL;
END $$;
CREATE TRIGGER assignment_frees_slot AFTER UPDATE ON assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_frees_slot();

-- Nobody but the triggers above moves the counter, and never upwards beyond what is wanted.
CREATE FUNCTION provider_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.held <> 0 OR NEW.serving <> 0 THEN
            RAISE EXCEPTION 'a provider starts with nothing held' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.held <> OLD.held AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'held follows the assignments' USING ERRCODE = '23514';
    END IF;
    IF NEW.held > OLD.held AND NEW.held > NEW.capacity THEN
        RAISE EXCEPTION 'no slot is free' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER provider_guard BEFORE INSERT OR UPDATE OF held, slot_limit, capacity ON provider
    FOR EACH ROW EXECUTE FUNCTION provider_guard();

-- Coverage mirrors its provider, so that the order D3 is read from an index.
CREATE FUNCTION provider_mirror() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE coverage
       SET ready = active AND NOT NEW.paused AND NEW.serving > 0 AND NEW.held < NEW.capacity,
           priority = NEW.priority,
           load = NEW.held * 1000000000000 / NEW.capacity,
           rank_time = COALESCE(NEW.last_assign_time, '1970-01-01T00:00:00+00:00')
     WHERE provider_id = NEW.provider_id;
    RETURN NULL;
END $$;
CREATE TRIGGER provider_mirror
    AFTER UPDATE OF held, capacity, priority, paused, serving, last_assign_time, version ON provider
    FOR EACH ROW EXECUTE FUNCTION provider_mirror();

-- Cells count the providers that cover them.
CREATE FUNCTION coverage_count() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.active = OLD.active THEN
        RETURN NULL;
    END IF;
    INSERT INTO cell (country, category, city, providers)
    VALUES (NEW.country, NEW.category, NEW.city, CASE WHEN NEW.active THEN 1 ELSE 0 END)
    ON CONFLICT (country, category, city)
    DO UPDATE SET providers = cell.providers + CASE WHEN NEW.active THEN 1
                                                    WHEN TG_OP = 'UPDATE' THEN -1 ELSE 0 END;
    RETURN NULL;
END $$;
CREATE TRIGGER coverage_count AFTER INSERT OR UPDATE OF active ON coverage
    FOR EACH ROW EXECUTE FUNCTION coverage_count();

-- Whether a provider can be told at all follows its channels.
CREATE FUNCTION channel_count() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    changed TEXT := CASE WHEN TG_OP = 'DELETE' THEN OLD.provider_id ELSE NEW.provider_id END;
BEGIN
    UPDATE provider
       SET serving = (SELECT count(*) FROM channel
                       WHERE provider_id = changed AND declared
                         AND health IN ('unproven', 'proven'))
     WHERE provider_id = changed;
    RETURN NULL;
END $$;
CREATE TRIGGER channel_count AFTER INSERT OR UPDATE OR DELETE ON channel
    FOR EACH ROW EXECUTE FUNCTION channel_count();

-- What is append-only stays as it was written.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23514';
END $$;
CREATE TRIGGER closed_attempt_append_only BEFORE UPDATE OR DELETE ON closed_attempt
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER provider_change_append_only BEFORE UPDATE OR DELETE ON provider_change
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER channel_change_append_only BEFORE UPDATE OR DELETE ON channel_change
    FOR EACH ROW EXECUTE FUNCTION append_only();

-- Rows that change with every lead leave room on their page, so that indexes need no new entry.
ALTER TABLE provider SET (fillfactor = 70);
ALTER TABLE coverage SET (fillfactor = 70);
