//! Erasures and their receipts between wire and domain.

use chassis::fault::{InvalidRequest, Violations};
use contracts::telephony::v1 as wire;

use crate::app::erase::Erasure;
use crate::domain::deletion::Erased;
use crate::domain::phone::E164;
use crate::domain::text;

pub(crate) fn erasure(request: wire::EraseRequest) -> Result<Erasure, InvalidRequest> {
    let wire::EraseRequest {
        phone_e164,
        actor,
        dry_run,
        conversation_ids,
        call_sids,
    } = request;
    let mut found = Violations::new();
    let phone = found.check("phone_e164", E164::parse(&phone_e164));
    if actor.is_empty() || actor.len() > 100 {
        found.add(
            "actor",
            "says who asks, such as operator:ana, in at most 100 bytes",
        );
    }
    text::check_line("actor", &actor, &mut found);
    found.finish()?;
    let phone = phone.ok_or_else(|| super::missing("phone_e164"))?;
    Ok(Erasure {
        phone,
        actor,
        dry_run,
        conversation_ids,
        call_sids,
    })
}

pub(crate) fn of_erased(erased: Erased) -> wire::ErasedStore {
    let Erased {
        store,
        count,
        kept,
        due,
    } = erased;
    wire::ErasedStore {
        store: store.to_owned(),
        count,
        kept,
        due,
    }
}
