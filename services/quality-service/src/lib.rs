//! Follows the calls and carries them on to the services that must know.
