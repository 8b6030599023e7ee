//! Generated gRPC contracts of bord: one module for each proto package, no logic.
