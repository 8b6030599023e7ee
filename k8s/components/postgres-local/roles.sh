# Sourced once by the image, when the volume is empty: a role and a schema for each service.
set -e
for name in telephony lead roster notification quality; do
    psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
        -c "CREATE ROLE $name LOGIN PASSWORD 'local-only'" \
        -c "CREATE SCHEMA $name AUTHORIZATION $name"
done
