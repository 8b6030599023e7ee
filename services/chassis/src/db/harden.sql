-- Nobody but the owner reads or writes the schema of a service. Runs after the migrations.
DO $$
DECLARE
    here NAME := current_schema();
    item RECORD;
    other NAME;
BEGIN
    FOR item IN
        SELECT c.oid, c.relname, c.relrowsecurity
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = here AND c.relkind IN ('r', 'p')
           AND pg_has_role(current_user, c.relowner, 'USAGE')
    LOOP
        -- Only where it is off: the statement locks the table against replicas that already run.
        IF NOT item.relrowsecurity THEN
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', item.relname);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = item.oid AND polname = 'owner') THEN
            EXECUTE format(
                'CREATE POLICY owner ON %I FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true)',
                item.relname);
        END IF;
    END LOOP;
    FOR other IN
        SELECT 'public' UNION ALL
        SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated')
    LOOP
        -- PUBLIC is a key word, not a role, so it must stay unquoted.
        IF other = 'public' THEN other := 'PUBLIC'; ELSE other := quote_ident(other); END IF;
        IF EXISTS (SELECT FROM pg_namespace
                    WHERE nspname = here AND pg_has_role(current_user, nspowner, 'USAGE')) THEN
            EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s', here, other);
        END IF;
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %s', here, other);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM %s', here, other);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %I FROM %s', here, other);
    END LOOP;
END $$;
