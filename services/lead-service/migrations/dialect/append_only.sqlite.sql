CREATE TRIGGER lead_event_no_update BEFORE UPDATE ON lead_event
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only');
END;
CREATE TRIGGER lead_event_no_delete BEFORE DELETE ON lead_event
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only');
END;
