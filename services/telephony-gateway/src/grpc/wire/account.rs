//! The vendor account on the wire.

use contracts::telephony::v1 as wire;

use super::timestamp;
use crate::app::check_account::Account;
use crate::domain::account::{Model, Webhook};

pub(crate) fn of_account(account: Account) -> wire::CheckVendorAccountResponse {
    let Account {
        webhooks,
        models,
        repairs,
    } = account;
    wire::CheckVendorAccountResponse {
        webhooks: webhooks.into_iter().map(of_webhook).collect(),
        models: models.into_iter().map(of_model).collect(),
        repairs,
    }
}

fn of_webhook(webhook: Webhook) -> wire::VendorWebhook {
    let Webhook {
        id,
        name: _,
        url: _,
        disabled,
        auto_disabled,
        retries,
        last_failure_code,
        last_failure_time,
    } = webhook;
    wire::VendorWebhook {
        webhook_id: id,
        disabled,
        auto_disabled,
        retries,
        last_failure_code,
        last_failure_time: last_failure_time.map(timestamp),
    }
}

fn of_model(model: Model) -> wire::VendorModel {
    let Model {
        llm,
        listed,
        deprecated,
        replacement,
        fallback_percent,
    } = model;
    wire::VendorModel {
        llm,
        listed,
        deprecated,
        replacement,
        fallback_percent,
    }
}
