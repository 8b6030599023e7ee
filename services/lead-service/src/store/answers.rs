//! The saved answer of a lead: written once, so that every repeat gets the same (I3).

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use uuid::Uuid;

use crate::domain::say::{Answer, Template};

/// Saves the answer unless there is one.
pub async fn save(tx: &mut Tx, id: Uuid, answer: &Answer) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE lead SET answer_template = $2, answer_status = $3, answer_language = $4,
                answer_category_name = $5
          WHERE id = $1 AND answer_template IS NULL")
        .bind(id).bind(answer.template.name()).bind(&answer.status).bind(&answer.language)
        .bind(&answer.category_name)
        .execute(c).await?.rows_affected());
    Ok(())
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Answer>, StoreError> {
    type Row = (
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT answer_template, answer_status, answer_language, answer_category_name
           FROM lead WHERE id = $1")
        .bind(id).fetch_optional(c).await?);
    let Some((Some(template), Some(status), language, category_name)) = row else {
        return Ok(None);
    };
    let template: Template = template
        .parse()
        .map_err(|_| CorruptRow::new("lead", "answer_template", id))?;
    let (language, category_name) = (
        language.unwrap_or_default(),
        category_name.unwrap_or_default(),
    );
    Ok(Some(Answer {
        status,
        template,
        language,
        category_name,
    }))
}
