//! A local twin of Twilio, ElevenLabs and Mailgun with faults on demand; a test double for people and tests.
