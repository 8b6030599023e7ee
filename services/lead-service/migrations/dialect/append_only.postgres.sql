CREATE FUNCTION refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = '23514';
END $$;
CREATE TRIGGER lead_event_append_only BEFORE UPDATE OR DELETE ON lead_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lead_event_no_truncate BEFORE TRUNCATE ON lead_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
