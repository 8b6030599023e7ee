//! Messages and deliveries; alone speaks to Twilio messaging and Mailgun.
