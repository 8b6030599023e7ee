//! Compiles the contracts with protox, so that no protoc is needed, and keeps a
//! descriptor set beside them for gRPC reflection and for the proto-rules test.

use prost::Message as _;

const FILES: &[&str] = &[
    "bord/telephony/v1/call.proto",
    "bord/telephony/v1/call_service.proto",
    "bord/telephony/v1/catalog.proto",
    "bord/telephony/v1/catalog_service.proto",
    "bord/telephony/v1/conversation.proto",
    "bord/telephony/v1/conversation_service.proto",
    "bord/lead/v1/lead.proto",
    "bord/lead/v1/lead_service.proto",
    "bord/lead/v1/ledger.proto",
    "bord/lead/v1/ledger_service.proto",
    "bord/roster/v1/roster.proto",
    "bord/roster/v1/roster_service.proto",
    "bord/notification/v1/notification.proto",
    "bord/notification/v1/notification_service.proto",
    "bord/quality/v1/quality.proto",
    "bord/quality/v1/quality_service.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=bord");
    let descriptors = protox::compile(FILES, ["."])?;
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    std::fs::write(out.join("descriptor.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
