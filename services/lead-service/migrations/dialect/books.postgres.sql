CREATE FUNCTION refuse_change_of_books() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are append-only' USING ERRCODE = '23514';
END $$;
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON transfer
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_books();
CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON transfer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_books();
CREATE TRIGGER income_event_append_only BEFORE UPDATE OR DELETE ON income_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_books();
CREATE TRIGGER income_event_no_truncate BEFORE TRUNCATE ON income_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_books();
