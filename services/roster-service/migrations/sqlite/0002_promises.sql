-- The promises that need triggers, for SQLite. migrations/postgres holds the same.

-- The counter's guard recounts by it.
CREATE INDEX assignment_held ON assignment (provider_id) WHERE holds_slot;

-- An assignment is history: it moves forward, its ends are final, and no row vanishes.
CREATE TRIGGER assignment_starts BEFORE INSERT ON assignment BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: an assignment starts reserved')
     WHERE NEW.state <> 'reserved';
    SELECT RAISE(ABORT, 'CHECK constraint failed: the attempt is closed')
     WHERE EXISTS (SELECT 1 FROM closed_attempt
                    WHERE lead_id = NEW.lead_id AND attempt = NEW.attempt);
END;
CREATE TRIGGER assignment_moves BEFORE UPDATE ON assignment BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: a completed or released assignment is final')
     WHERE OLD.state IN ('completed', 'released');
    SELECT RAISE(ABORT, 'CHECK constraint failed: an assignment keeps its parties and moves forward')
     WHERE (NEW.lead_id, NEW.attempt, NEW.assignment_id, NEW.country, NEW.provider_id, NEW.category,
            NEW.city, NEW.local_day, NEW.assign_time)
           <> (OLD.lead_id, OLD.attempt, OLD.assignment_id, OLD.country, OLD.provider_id,
               OLD.category, OLD.city, OLD.local_day, OLD.assign_time)
        OR (NEW.state = 'reserved' AND OLD.state <> 'reserved')
        OR (NEW.holds_slot AND NOT OLD.holds_slot);
END;
CREATE TRIGGER assignment_stays BEFORE DELETE ON assignment BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: an assignment is history and is never deleted');
END;

-- The slot counter follows the assignments (I5): the CHECK on provider refuses one too many.
CREATE TRIGGER assignment_takes_slot AFTER INSERT ON assignment BEGIN
    UPDATE provider
       SET held = held + 1,
           day_taken = CASE WHEN day = NEW.local_day THEN day_taken + 1 ELSE 1 END,
           day = NEW.local_day,
           last_assign_time = NEW.assign_time
     WHERE provider_id = NEW.provider_id;
END;
CREATE TRIGGER assignment_frees_slot AFTER UPDATE ON assignment BEGIN
    UPDATE provider
       SET held = held - 1, slot_limit = MAX(capacity, held - 1)
     WHERE provider_id = NEW.provider_id AND OLD.holds_slot AND NOT NEW.holds_slot;
    UPDATE provider
       SET day_taken = day_taken - 1
     WHERE provider_id = NEW.provider_id AND NEW.state = 'released' AND day = NEW.local_day;
END;

-- Nobody but the triggers above moves the counter, and never upwards beyond what is wanted.
CREATE TRIGGER provider_starts BEFORE INSERT ON provider
    WHEN NEW.held <> 0 OR NEW.serving <> 0 BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: a provider starts with nothing held');
END;
CREATE TRIGGER provider_guard BEFORE UPDATE OF held, slot_limit, capacity ON provider
    WHEN NEW.held <> OLD.held BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: held follows the assignments')
     WHERE NEW.held <> (SELECT count(*) FROM assignment
                         WHERE provider_id = NEW.provider_id AND holds_slot);
    SELECT RAISE(ABORT, 'CHECK constraint failed: no slot is free')
     WHERE NEW.held > OLD.held AND NEW.held > NEW.capacity;
END;

-- Coverage mirrors its provider, so that the order D3 is read from an index.
CREATE TRIGGER provider_mirror
    AFTER UPDATE OF held, capacity, priority, paused, serving, last_assign_time, version ON provider
BEGIN
    UPDATE coverage
       SET ready = active AND NOT NEW.paused AND NEW.serving > 0 AND NEW.held < NEW.capacity,
           priority = NEW.priority,
           load = NEW.held * 1000000000000 / NEW.capacity,
           rank_time = COALESCE(NEW.last_assign_time, '1970-01-01T00:00:00+00:00')
     WHERE provider_id = NEW.provider_id;
END;

-- Cells count the providers that cover them.
CREATE TRIGGER coverage_counted AFTER INSERT ON coverage BEGIN
    INSERT INTO cell (country, category, city, providers)
    VALUES (NEW.country, NEW.category, NEW.city, CASE WHEN NEW.active THEN 1 ELSE 0 END)
    ON CONFLICT (country, category, city)
    DO UPDATE SET providers = cell.providers + excluded.providers;
END;
CREATE TRIGGER coverage_recounted AFTER UPDATE OF active ON coverage
    WHEN NEW.active <> OLD.active BEGIN
    UPDATE cell SET providers = providers + CASE WHEN NEW.active THEN 1 ELSE -1 END
     WHERE country = NEW.country AND category = NEW.category AND city = NEW.city;
END;

-- Whether a provider can be told at all follows its channels.
CREATE TRIGGER channel_added AFTER INSERT ON channel BEGIN
    UPDATE provider SET serving = (SELECT count(*) FROM channel
        WHERE provider_id = NEW.provider_id AND declared AND health IN ('unproven', 'proven'))
     WHERE provider_id = NEW.provider_id;
END;
CREATE TRIGGER channel_changed AFTER UPDATE ON channel BEGIN
    UPDATE provider SET serving = (SELECT count(*) FROM channel
        WHERE provider_id = NEW.provider_id AND declared AND health IN ('unproven', 'proven'))
     WHERE provider_id = NEW.provider_id;
END;
CREATE TRIGGER channel_removed AFTER DELETE ON channel BEGIN
    UPDATE provider SET serving = (SELECT count(*) FROM channel
        WHERE provider_id = OLD.provider_id AND declared AND health IN ('unproven', 'proven'))
     WHERE provider_id = OLD.provider_id;
END;

-- What is append-only stays as it was written.
CREATE TRIGGER closed_attempt_no_update BEFORE UPDATE ON closed_attempt BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: closed_attempt is append-only');
END;
CREATE TRIGGER closed_attempt_no_delete BEFORE DELETE ON closed_attempt BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: closed_attempt is append-only');
END;
CREATE TRIGGER provider_change_no_update BEFORE UPDATE ON provider_change BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: provider_change is append-only');
END;
CREATE TRIGGER provider_change_no_delete BEFORE DELETE ON provider_change BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: provider_change is append-only');
END;
CREATE TRIGGER channel_change_no_update BEFORE UPDATE ON channel_change BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: channel_change is append-only');
END;
CREATE TRIGGER channel_change_no_delete BEFORE DELETE ON channel_change BEGIN
    SELECT RAISE(ABORT, 'CHECK constraint failed: channel_change is append-only');
END;
