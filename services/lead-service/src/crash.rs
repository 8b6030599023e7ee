//! The points at which a test can break the saga.

/// Every point.
pub const POINTS: [&str; 16] = [
    "lead.after_insert",
    "lead.after_recover",
    "lead.before_check",
    "lead.after_check",
    "lead.before_assign",
    "lead.after_assign",
    "lead.before_notify",
    "lead.after_notify",
    "lead.before_reply",
    "lead.after_confirm",
    "lead.before_release",
    "lead.after_cancel",
    "lead.after_release",
    "lead.reply_decided",
    "lead.reply_answered",
    "lead.after_reprice",
];

/// Those that a tool call passes, in its order.
pub const DISPATCH: [&str; 6] = [
    "lead.after_insert",
    "lead.before_assign",
    "lead.after_assign",
    "lead.before_notify",
    "lead.after_notify",
    "lead.before_reply",
];

/// Those that a recovered lead passes, in its order.
pub const RECOVERY: [&str; 7] = [
    "lead.after_recover",
    "lead.before_check",
    "lead.after_check",
    "lead.before_assign",
    "lead.after_assign",
    "lead.before_notify",
    "lead.after_notify",
];
