//! Channel rules as rows. The catalogue declares all of them at once; what it no longer names is
//! gone, so that it no longer sends.

use chassis::on;

use crate::domain::rules::{CountryRules, Rules, WhatsappTemplate};

use super::{StoreError, Tx};

/// All rules as they stand.
pub async fn read(tx: &mut Tx) -> Result<Rules, StoreError> {
    let (version, message_retention_days): (i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT version, message_retention_days FROM rules WHERE id = 1").fetch_one(c).await?);
    let countries: Vec<(String, String, String, bool)> = on!(tx, c => sqlx::query_as(
        "SELECT country, sms_from, whatsapp_from, two_way_sms FROM country_rules ORDER BY country")
        .fetch_all(c).await?);
    let templates: Vec<(String, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT template, language, content_sid FROM whatsapp_templates
          ORDER BY template, language").fetch_all(c).await?);
    let languages: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT language FROM languages ORDER BY position").fetch_all(c).await?);
    Ok(Rules {
        version,
        countries: countries
            .into_iter()
            .map(
                |(country, sms_from, whatsapp_from, two_way_sms)| CountryRules {
                    country,
                    sms_from,
                    whatsapp_from,
                    two_way_sms,
                },
            )
            .collect(),
        templates: templates
            .into_iter()
            .map(|(template, language, content_sid)| WhatsappTemplate {
                template,
                language,
                content_sid,
            })
            .collect(),
        languages,
        message_retention_days,
    })
}

/// Replaces all rules and raises their version. The first statement locks the one row, so that
/// two declarations never mix.
pub async fn replace(tx: &mut Tx, rules: &Rules) -> Result<i64, StoreError> {
    let version: i64 = on!(tx, c => sqlx::query_scalar(
        "UPDATE rules SET version = version + 1, message_retention_days = $1
          WHERE id = 1 RETURNING version")
        .bind(rules.message_retention_days).fetch_one(c).await?);
    on!(tx, c => {
        sqlx::query("DELETE FROM country_rules").execute(&mut *c).await?;
        sqlx::query("DELETE FROM whatsapp_templates").execute(&mut *c).await?;
        sqlx::query("DELETE FROM languages").execute(&mut *c).await?;
        for country in &rules.countries {
            sqlx::query(
                "INSERT INTO country_rules (country, sms_from, whatsapp_from, two_way_sms)
                 VALUES ($1, $2, $3, $4)")
                .bind(&country.country).bind(&country.sms_from)
                .bind(&country.whatsapp_from).bind(country.two_way_sms)
                .execute(&mut *c).await?;
        }
        for template in &rules.templates {
            sqlx::query(
                "INSERT INTO whatsapp_templates (template, language, content_sid)
                 VALUES ($1, $2, $3)")
                .bind(&template.template).bind(&template.language).bind(&template.content_sid)
                .execute(&mut *c).await?;
        }
        for (position, language) in (0_i64..).zip(&rules.languages) {
            sqlx::query("INSERT INTO languages (position, language) VALUES ($1, $2)")
                .bind(position).bind(language).execute(&mut *c).await?;
        }
    });
    Ok(version)
}
