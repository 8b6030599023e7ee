//! Books, erasures and their receipts as they travel.

use chassis::clock;
use chassis::fault::{InvalidRequest, Violations};
use chrono::{DateTime, Utc};
use contracts::quality::v1::{
    EraseCallerRequest, EraseCallerResponse, ErasureReceipt, GetBooksResponse, ParkedEntry,
};
use prost_types::Timestamp;

use crate::domain::books::{Books, Parked};
use crate::domain::erasure::{Erased, Erasure, Phone, Receipt};
use crate::domain::judge::RULES_VERSION;

pub(super) fn books(books: Books) -> GetBooksResponse {
    let Books {
        epoch,
        number,
        carry_time,
        carried,
        parked,
        calls_by_class,
        conversations,
        judged,
        last_good_scan_time,
        open_flags,
        double_registrations,
    } = books;
    GetBooksResponse {
        calls_by_class: calls_by_class.into_iter().collect(),
        conversations,
        judged,
        last_good_scan_time: last_good_scan_time.map(timestamp),
        open_flags: open_flags.into_iter().collect(),
        rules_version: RULES_VERSION.to_owned(),
        double_registrations,
        epoch,
        number,
        carry_time: carry_time.map(timestamp),
        carried: carried.into_iter().collect(),
        parked: parked.into_iter().map(entry).collect(),
        ..GetBooksResponse::default()
    }
}

fn entry(parked: Parked) -> ParkedEntry {
    let Parked {
        number,
        kind,
        call_sid,
        reason,
        park_time,
    } = parked;
    ParkedEntry {
        number,
        kind,
        call_sid,
        reason,
        park_time: Some(timestamp(park_time)),
    }
}

pub(super) fn erasure(request: EraseCallerRequest) -> Result<Erasure, InvalidRequest> {
    let EraseCallerRequest {
        phone_e164,
        actor,
        dry_run,
    } = request;
    let mut found = Violations::new();
    let phone = found.check("phone_e164", Phone::parse(&phone_e164));
    if actor.is_empty() || actor.len() > 100 || actor.contains(char::is_control) {
        let rule = "says who asks, such as operator:ana, in at most 100 bytes of one line";
        found.add("actor", rule);
    }
    if let (Some(phone), true) = (phone, found.is_empty()) {
        return Ok(Erasure {
            phone,
            actor,
            dry_run,
        });
    }
    Err(found.finish().expect_err("a violation was added"))
}

pub(super) fn receipt(receipt: Receipt, dry_run: bool) -> EraseCallerResponse {
    let complete = receipt.is_complete(dry_run);
    let now = clock::now();
    let line = |erased| {
        let Erased {
            store,
            count,
            kept,
            due,
            failure,
        } = erased;
        ErasureReceipt {
            store,
            count,
            kept,
            due,
            // Nothing was erased where nobody answered.
            erase_time: failure.is_empty().then(|| timestamp(now)),
            failure,
        }
    };
    EraseCallerResponse {
        receipts: receipt.0.into_iter().map(line).collect(),
        complete,
    }
}

pub(super) fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}
