//! Which columns hold personal data. Retention and erasure empty the first list; the second names
//! every other column that could hold text, so that a new one must be decided upon (a test fails
//! until it stands on one of the two).

/// (table, column) with names, numbers, addresses or words of people.
pub const PERSONAL: &[(&str, &str)] = &[
    ("messages", "address"),
    ("messages", "subject"),
    ("messages", "body"),
    ("messages", "html"),
    ("messages", "variables"),
];

/// (table, column) with ids, codes, countries, masked forms.
pub const PLAIN: &[(&str, &str)] = &[
    ("attempts", "carrier_id"),
    ("attempts", "error_class"),
    ("attempts", "outcome"),
    ("attempts", "reason"),
    ("attempts", "task"),
    ("country_rules", "country"),
    ("country_rules", "sms_from"),
    ("country_rules", "whatsapp_from"),
    ("deliveries", "address_country"),
    ("deliveries", "allowed_countries"),
    ("deliveries", "allowed_country"),
    ("deliveries", "carrier_id"),
    ("deliveries", "channel"),
    ("deliveries", "error_class"),
    ("deliveries", "masked_address"),
    ("deliveries", "message_key"),
    ("deliveries", "reason"),
    ("deliveries", "recipient"),
    ("deliveries", "recipient_country"),
    ("deliveries", "reference"),
    ("deliveries", "sender"),
    ("deliveries", "source_country"),
    ("deliveries", "state"),
    ("deliveries", "task"),
    ("deliveries", "template"),
    ("deliveries", "traceparent"),
    ("languages", "language"),
    ("lead_countries", "allowed_countries"),
    ("lead_countries", "source_country"),
    ("messages", "content_sid"),
    ("notices", "kind"),
    ("notices", "message_key"),
    ("report_tokens", "event_key"),
    ("report_tokens", "token"),
    ("whatsapp_templates", "content_sid"),
    ("whatsapp_templates", "language"),
    ("whatsapp_templates", "template"),
];
