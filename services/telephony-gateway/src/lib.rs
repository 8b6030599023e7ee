//! Sites, numbers, agents, calls and conversations; alone speaks to Twilio voice and ElevenLabs.
