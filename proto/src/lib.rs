//! The gRPC contracts of bord: generated code only, one module for each proto package.
//! Conversions live in the services that own the types.
#![allow(
    clippy::all,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]
#![allow(unreachable_pub)]

/// Every file of every package, for gRPC reflection and for the proto-rules test.
pub const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));

/// The table of who may call what, for `chassis::server::Server::callers`.
pub const CALLERS: &str = include_str!("../callers.txt");

pub mod bord {
    pub mod telephony {
        pub mod v1 {
            tonic::include_proto!("bord.telephony.v1");
        }
    }
    pub mod lead {
        pub mod v1 {
            tonic::include_proto!("bord.lead.v1");
        }
    }
    pub mod roster {
        pub mod v1 {
            tonic::include_proto!("bord.roster.v1");
        }
    }
    pub mod notification {
        pub mod v1 {
            tonic::include_proto!("bord.notification.v1");
        }
    }
    pub mod quality {
        pub mod v1 {
            tonic::include_proto!("bord.quality.v1");
        }
    }
}

pub use bord::{lead, notification, quality, roster, telephony};
