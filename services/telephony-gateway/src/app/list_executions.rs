//! ListToolExecutions: calls of dispatch_lead as the vendor logged them, over every tool that a released
//! agent has or had, and over those of our name, mark and URL that stand at the vendor.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Error, Telephony};
use crate::domain::configuration::is_marked;
use crate::domain::execution::{self, Execution};
use crate::domain::vendor_fields::TOOL_NAME;
use crate::store::releases;

/// Pages of one tool that are read: ten thousand executions.
const PAGES: usize = 100;

/// What is asked for.
pub(crate) struct Wanted {
    pub(crate) span: (DateTime<Utc>, DateTime<Utc>),
    /// The last one of the page before.
    pub(crate) after: Option<(DateTime<Utc>, String)>,
    pub(crate) conversation_id: String,
    pub(crate) most: usize,
}

/// The executions, oldest first, and whether more were found than are listed.
pub(crate) async fn list_executions(
    telephony: &Telephony,
    wanted: &Wanted,
) -> Result<(Vec<Execution>, bool), Error> {
    let from = wanted.after.as_ref().map_or(wanted.span.0, |after| after.0);
    let span = (from.max(wanted.span.0), wanted.span.1);
    let mut found = Vec::new();
    let mut cut = false;
    for tool in tools(telephony).await? {
        let mut cursor: Option<String> = None;
        for page in 0.. {
            if page == PAGES {
                cut = true;
                break;
            }
            let read = telephony
                .elevenlabs
                .executions(&tool, span, cursor.as_deref())
                .await?;
            found.extend(read.items);
            cursor = read.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    let after = wanted.after.as_ref();
    let after = after.map(|(time, id)| (*time, id.as_str()));
    let (listed, omitted) =
        execution::listed(found, span, after, &wanted.conversation_id, wanted.most);
    Ok((listed, omitted || cut))
}

async fn tools(telephony: &Telephony) -> Result<BTreeSet<String>, Error> {
    let known = {
        let mut tx = telephony.db.read().await?;
        releases::tools(&mut tx).await?
    };
    let url = telephony.environment().tool_url;
    let standing = telephony.elevenlabs.tools_named(TOOL_NAME).await?;
    // Another installation may keep its tools in the same account; ours calls us.
    let ours = standing.into_iter().filter(|(_, config)| {
        let description = config["description"].as_str().unwrap_or_default();
        is_marked(description) && config["api_schema"]["url"] == url.as_str()
    });
    Ok(known.into_iter().chain(ours.map(|(id, _)| id)).collect())
}
