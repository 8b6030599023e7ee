-- Once, as an administrator, in an empty database: a role and a schema for each service. Set the five
-- passwords first: psql -v telephony=... -v lead=... -v roster=... -v notification=... -v quality=...
-- On Supabase the pooler's user names end in the project's reference: telephony.PROJECTREF.
CREATE ROLE telephony LOGIN PASSWORD :'telephony';
CREATE ROLE lead LOGIN PASSWORD :'lead';
CREATE ROLE roster LOGIN PASSWORD :'roster';
CREATE ROLE notification LOGIN PASSWORD :'notification';
CREATE ROLE quality LOGIN PASSWORD :'quality';
-- A managed administrator is no superuser and must belong to a role to give it a schema.
GRANT telephony, lead, roster, notification, quality TO CURRENT_USER;
CREATE SCHEMA telephony AUTHORIZATION telephony;
CREATE SCHEMA lead AUTHORIZATION lead;
CREATE SCHEMA roster AUTHORIZATION roster;
CREATE SCHEMA notification AUTHORIZATION notification;
CREATE SCHEMA quality AUTHORIZATION quality;
REVOKE telephony, lead, roster, notification, quality FROM CURRENT_USER;
