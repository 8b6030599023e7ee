//! What every service of bord shares: start and stop, settings, telemetry, gRPC server and client, database, streams.
