//! What a person does next after a refusal, by its reason. Each hint names a command.

/// By the stable reason of the refusal; `None` where the text says it all.
#[must_use]
pub fn next(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "UNKNOWN_LEAD" => {
            "`bord leads` lists what there is; a lead is named by its id, the first characters of it, or its reference."
        }
        "UNKNOWN_PROVIDER" => "`bord providers` lists them by id.",
        "UNKNOWN_DELIVERY" => "`bord lead LEAD` shows the deliveries of a lead with their ids.",
        "UNKNOWN_CHANNEL" => {
            "`bord providers` shows the channels of each; a new contact goes into the catalogue's files."
        }
        "UNKNOWN_OFFER" => "`bord lead LEAD` shows its attempts.",
        "ILLEGAL_MOVE" => {
            "Its state does not allow that: `bord lead LEAD` shows where it stands and how it came there."
        }
        "OFFER_OVER" => "That attempt is over: `bord lead LEAD` shows who has it now.",
        "PROVIDER_UNAVAILABLE" => {
            "The same rules hold for an offer by hand: `bord providers` shows held slots, pauses and channels; `bord assign` another one, or let it wait."
        }
        "UNDER_WAY" => {
            "Whoever has it now is released first: `bord lead LEAD` shows when the other has it, or why not."
        }
        "LEAD_MOVED" => {
            "Somebody moved it at the same moment: `bord lead LEAD` shows how it stands, then try again."
        }
        "LEAD_STILL_OPEN" => {
            "A lead that somebody works on is not erased: `bord close` or `bord cancel` it first, then run this again."
        }
        "NOT_RETRYABLE" => {
            "It may have arrived, or must not leave: reach the person by another channel."
        }
        "OPTED_OUT" => "The recipient does not want it: they must write START themselves.",
        "UNKNOWN_AGENT" => "`bord agents` lists them by name.",
        "UNKNOWN_FLAG" => "`bord flags --all` lists them with their ids.",
        "UNKNOWN_SCAN" => "`bord scan --list` shows the newest.",
        "UNKNOWN_REVISION" => "`bord agents` shows what stands; then try again.",
        "SEAL_MISSING" => {
            "Nothing goes live without passing runs of the scenarios for exactly this configuration: `bord release AGENT` runs them."
        }
        "READ_BACK_DIFFERS" => {
            "The vendor did not take a field: `bord agents` shows which, then `bord release AGENT` again."
        }
        "NOTHING_BEFORE" => {
            "There is no earlier seal to go back to: mend the prompt's file, `bord catalog apply DIR`, then `bord release AGENT`."
        }
        "CANDIDATE_STANDS" => {
            "One candidate at a time: `bord agents` shows the one on its way; `bord release AGENT` finishes it."
        }
        "CREDITS_SPENT" => {
            "The day's credits for scenarios are used up: `bord release AGENT` goes on tomorrow."
        }
        "CREDIT_WINDOW_OVER" => {
            "After the window of the catalogue's credit_days a lead is no longer credited: give the money back with `bord payment PROVIDER --amount \"EUR -50\"`."
        }
        "CREDIT_EXCEEDS" => {
            "`bord economics --lead LEAD` shows what was charged for it and what is credited already."
        }
        "CREDIT_INVALID" => {
            "`bord economics --lead LEAD` shows in which currency it was charged; a credit is in whole minor units of it."
        }
        "PAYMENT_DIFFERS" => {
            "That reference was booked with another amount or day: `bord statement PROVIDER` shows it; another payment has another reference."
        }
        "UNKNOWN_SITE" => "`bord economics` lists sites by id; the catalogue's files declare them.",
        "OVERLOADED" | "DEADLINE_EXCEEDED" => {
            "Nothing may have happened, or all of it: look first, then try again; a repeat is safe."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_refusals_of_the_operators_commands_name_the_next_command() {
        for reason in [
            "UNKNOWN_LEAD",
            "UNKNOWN_PROVIDER",
            "UNKNOWN_DELIVERY",
            "ILLEGAL_MOVE",
            "OFFER_OVER",
            "PROVIDER_UNAVAILABLE",
            "UNKNOWN_AGENT",
            "UNKNOWN_FLAG",
            "UNKNOWN_SCAN",
            "UNKNOWN_REVISION",
            "SEAL_MISSING",
            "NOTHING_BEFORE",
            "CANDIDATE_STANDS",
            "CREDITS_SPENT",
            "CREDIT_WINDOW_OVER",
            "CREDIT_EXCEEDS",
            "CREDIT_INVALID",
            "PAYMENT_DIFFERS",
            "UNKNOWN_SITE",
        ] {
            assert!(
                next(reason).is_some_and(|hint| hint.contains("`bord ")),
                "{reason}"
            );
        }
        assert_eq!(next("SOMETHING_ELSE"), None);
    }
}
