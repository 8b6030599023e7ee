CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer
BEGIN
    SELECT RAISE(ABORT, 'the books are append-only');
END;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer
BEGIN
    SELECT RAISE(ABORT, 'the books are append-only');
END;
CREATE TRIGGER income_event_no_update BEFORE UPDATE ON income_event
BEGIN
    SELECT RAISE(ABORT, 'the books are append-only');
END;
CREATE TRIGGER income_event_no_delete BEFORE DELETE ON income_event
BEGIN
    SELECT RAISE(ABORT, 'the books are append-only');
END;
