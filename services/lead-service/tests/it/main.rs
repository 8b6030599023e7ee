//! lead-service from outside: the real service in process, talked to over gRPC, each story on both
//! databases. Roster and notification are small recording servers; the real ones meet in the
//! system tests.
#![expect(
    clippy::unwrap_used,
    reason = "a test's helpers fail the test by panicking"
)]

mod aftercare;
mod answers;
mod border;
mod by_hand;
mod calls;
mod catalogue;
mod customers;
mod deadlines;
mod dispatch;
mod erasure;
mod evidence;
mod fake_carriers;
mod fake_lists;
mod fake_notification;
mod fake_roster;
mod harness;
mod incomplete;
mod layers;
mod ledger;
mod ledger_books;
mod ledger_clicks;
mod ledger_costs;
mod ledger_credits;
mod ledger_economics;
mod ledger_income;
mod ledger_messages;
mod ledger_numbers;
mod ledger_repeats;
mod ledger_words;
mod offer_page;
mod operator;
mod orders;
mod outage;
mod ownership;
mod poison;
mod privacy;
mod proof;
mod races;
mod recovery;
mod recovery_told;
mod release;
mod repeats;
mod replies;
mod reply_crashes;
mod restore;
mod saga;
mod same_customer;
mod scan_watch;
mod schema;
mod unmatched;
mod verb_orders;
mod verbs;
mod voicemail;
