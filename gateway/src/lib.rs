//! The public HTTP door: checks signatures, translates to gRPC, holds no rules and no state.
