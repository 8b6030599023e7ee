//! How a call reached us, and whose number its caller's is (R11).
//!
//! A chain is a mobile that forwards to a number of ours. Carriers say so in `ForwardedFrom`, or
//! show the mobile itself as the caller, or say nothing.

use super::phone::E164;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Chain,
    Direct,
    Unknown,
}

/// The origin, and the caller's number unless it is withheld. The chain's own mobile is never
/// taken for the customer's number, whatever the carrier shows.
#[must_use]
pub fn of_call(
    from: &str,
    forwarded_from: &str,
    chain_mobile: Option<&E164>,
) -> (Origin, Option<E164>) {
    let caller = E164::parse(from).ok();
    let Some(chain) = chain_mobile else {
        return (Origin::Direct, caller);
    };
    if caller.as_ref() == Some(chain) {
        return (Origin::Chain, None);
    }
    let origin = match E164::parse(forwarded_from) {
        Ok(forwarder) if forwarder == *chain => Origin::Chain,
        // Forwarded by a phone that is not the chain's: the customer's own doing.
        Ok(_) => Origin::Direct,
        Err(_) => Origin::Unknown,
    };
    (origin, caller)
}

impl Origin {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Direct => "direct",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Chain, Self::Direct, Self::Unknown]
            .into_iter()
            .find(|origin| origin.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLER: &str = "+41791234567";
    const CHAIN: &str = "+41779503412";

    fn e164(text: &str) -> E164 {
        E164::parse(text).unwrap()
    }

    #[test]
    fn the_origin_follows_what_the_carrier_says_r11() {
        let chain = e164(CHAIN);
        let of = |from, forwarded, chain| of_call(from, forwarded, chain).0;
        assert_eq!(of(CALLER, CHAIN, Some(&chain)), Origin::Chain);
        assert_eq!(of(CALLER, "", Some(&chain)), Origin::Unknown);
        assert_eq!(of(CALLER, "", None), Origin::Direct);
        assert_eq!(of(CALLER, "+41227001020", Some(&chain)), Origin::Direct);
    }

    #[test]
    fn the_chains_own_mobile_is_never_the_caller_r11() {
        let chain = e164(CHAIN);
        assert_eq!(of_call(CHAIN, "", Some(&chain)), (Origin::Chain, None));
        assert_eq!(of_call(CHAIN, CHAIN, Some(&chain)), (Origin::Chain, None));
        assert_eq!(
            of_call("anonymous", CHAIN, Some(&chain)),
            (Origin::Chain, None)
        );
        assert_eq!(
            of_call(CALLER, CHAIN, Some(&chain)),
            (Origin::Chain, Some(e164(CALLER)))
        );
    }
}
