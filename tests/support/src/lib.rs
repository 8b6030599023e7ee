//! What tests share: a database for each test on both engines, eventually, free ports.
