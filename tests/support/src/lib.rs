//! What tests share: a database for each test on both engines, and waiting without sleeping blindly.
