//! `POST /api/v1/workspaces/{slug}/events`: usage events, up to 1,000 at once.
//!
//! Each event has an id at its source and is counted once, so a batch can be sent again after any error. The response
//! is sent after the commit.

use super::{
    door::{Addressed, served},
    error::ApiError,
};
use crate::{error_code::Code, error_response::is_content_type, state::AppState};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{RawQuery, Request, State},
    http::{HeaderMap, header},
    response::Response,
};
use flate2::read::MultiGzDecoder;
use model::{
    Slug,
    capability::RecordUsage,
    event::{Ages, Batch, Event, MOST_EVENTS, Origin, Outcome, RefusalCode, Rejected},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{fmt, io::Read as _};
use store::{
    StoreError,
    door::{Credential, Door},
    events,
};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};

/// Maximum size of a body in bytes as sent, and unpacked.
pub(crate) const BODY_LIMIT: usize = 2 * 1024 * 1024;
const UNPACKED_LIMIT: usize = 8 * 1024 * 1024;

/// What became of a batch.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Report {
    /// Number of events that were stored and counted.
    accepted: usize,
    /// Number of events that had been stored before, with the same content.
    duplicate: usize,
    /// Number of events that were not stored.
    refused: usize,
    /// The events that were not accepted, or all with `results=all`, in the order in which they were sent.
    results: Vec<EventReport>,
}

/// What became of an event.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct EventReport {
    /// Position in the batch, from 0.
    index: usize,
    /// Id of the event, if it could be read.
    id: String,
    /// `accepted`, `duplicate` or `refused`.
    #[schema(example = "refused")]
    status: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = refusal_code, required = false)]
    code: Option<&'static str>,
    /// The attribute, or the property of the data, that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What is wrong and what to do, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Returns the schema of the codes of refused events, with what each means.
pub(super) fn refusal_code() -> Object {
    let meanings: Vec<String> =
        RefusalCode::ALL.iter().map(|code| format!("`{}`: {}", code.as_str(), code.meaning())).collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(RefusalCode::ALL.iter().map(|code| code.as_str())))
        .description(Some(format!("Why it was refused. {}", meanings.join(" "))))
        .build()
}

/// A usage event. Used only for the OpenAPI description; [`Event::from_json`] reads events.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct NewEvent {
    /// `1.0`.
    #[schema(example = "1.0")]
    specversion: String,
    /// Id at the source, 1 to 200 characters. Source and id are unique for ever in the workspace.
    #[schema(example = "018f4d9e-6a5b-7c3d-9e1f-2a3b4c5d6e7f")]
    id: String,
    /// Where the event happened, 1 to 200 characters.
    #[schema(example = "gateway")]
    source: String,
    /// Type, by which meters find the event: 1 to 100 characters.
    #[serde(rename = "type")]
    #[schema(example = "tokens")]
    kind: String,
    /// A customer's subject, or their id.
    #[schema(example = "acme")]
    subject: String,
    /// When it happened, as in RFC 3339; by default when it arrives.
    time: Option<String>,
    /// Properties, at most 8 kB. Numbers keep all their digits; meters count at most 16 before the decimal point.
    #[schema(value_type = Option<Object>)]
    data: Option<serde_json::Value>,
}

/// Records usage events.
///
/// The body is one event or up to 1,000 in the JSON format of CloudEvents 1.0. Events that can't be stored are
/// refused one by one; the others are stored. Ids that carry a time, such as UUIDv7, are stored faster.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/events",
    operation_id = "recordEvents",
    params(
        ("slug" = String, Path, description = "The workspace's address", example = "smartai-it"),
        ("results" = Option<String>, Query, description = "`all` lists accepted events, too"),
    ),
    request_body(content = Vec<NewEvent>, content_type = "application/cloudevents-batch+json",
        description = "Events. One event alone is application/cloudevents+json; application/json can be either."),
    responses((status = 200, description = "What became of the events", body = Report)),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    // Unpacking and parsing take time, which strangers must not cause.
    if !asked.is_known(&state) {
        let (tx, _) = asked.writing::<RecordUsage>(&state).await?;
        tx.commit().await?;
    }
    // Before the transaction begins, so that none is open meanwhile. Who may not send learns nothing from the result.
    let read = read(&head.headers, body).await;
    let (mut tx, can) = asked.writing::<RecordUsage>(&state).await?;
    let all = results_all(query.as_deref().unwrap_or_default())?;
    let batch = Batch { origin: Origin::Api, ages: Ages::Recent, import: None, events: read? };
    let outcomes = events::ingest(&mut tx, &can, &batch).await?;
    let tenant = tx.commit().await?;
    if events::is_fold_due() {
        let (state, credential, slug) = (AppState::clone(&state), asked.credential, tenant.workspace.slug.clone());
        state.clone().tasks.spawn(async move {
            if let Err(error) = fold(&state, &credential, &slug).await {
                tracing::info!(%error, "sums of usage could not be folded");
            }
        });
    }
    Ok(served(&tenant, Json(report(&batch.events, &outcomes, all))))
}

/// Folds the sums of usage, in a transaction of its own. If the sender lost access meanwhile, a later batch does it.
async fn fold(state: &AppState, credential: &Credential, slug: &Slug) -> Result<(), StoreError> {
    if let Door::Open(mut tx) = state.services.store.workspace_program(credential, slug).await?
        && let Ok(can) = tx.can::<RecordUsage>()
    {
        events::fold(&mut tx, &can).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// How many events the media type allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    One,
    Many,
    Either,
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<Result<Event, Box<Rejected>>>, ApiError> {
    let forms = [
        ("application/cloudevents+json", Form::One),
        ("application/cloudevents-batch+json", Form::Many),
        ("application/json", Form::Either),
    ];
    let form = forms.into_iter().find(|(media, _)| is_content_type(headers, media)).map(|(_, form)| form);
    let form = form.ok_or_else(|| {
        let detail = "Send application/cloudevents+json, application/cloudevents-batch+json or application/json.";
        ApiError::Other(Code::UnsupportedMediaType, detail.to_owned())
    })?;
    let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| too_large())?;
    let coding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    let bytes = match coding.as_deref() {
        None | Some(b"identity") => bytes,
        Some(b"gzip" | b"x-gzip") => unpacked(&bytes)?,
        Some(_) => {
            let detail = "Send the body as it is, or compressed by gzip.";
            return Err(ApiError::Other(Code::UnsupportedMediaType, detail.to_owned()));
        }
    };
    parse(&bytes, form)
}

/// Unpacks a body. Stops at the limit, so that a small body can't take much memory.
fn unpacked(bytes: &[u8]) -> Result<Bytes, ApiError> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(UNPACKED_LIMIT as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| ApiError::Other(Code::Malformed, "The body is not gzip.".to_owned()))?;
    if unpacked.len() > UNPACKED_LIMIT { Err(too_large()) } else { Ok(Bytes::from(unpacked)) }
}

fn too_large() -> ApiError {
    let detail = "Send at most 2 MiB, and at most 8 MiB before compression. Split the batch.";
    ApiError::Other(Code::TooLarge, detail.to_owned())
}

/// Up to [`MOST_EVENTS`] elements of a JSON array. Reading stops at the next one.
struct Elements<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of events")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = sequence.next_element()? {
                    if elements.len() == MOST_EVENTS {
                        return Err(A::Error::custom("too many events"));
                    }
                    elements.push(element);
                }
                Ok(elements)
            }
        }

        from.deserialize_seq(Reader).map(Elements)
    }
}

fn parse(bytes: &[u8], form: Form) -> Result<Vec<Result<Event, Box<Rejected>>>, ApiError> {
    let malformed = |error: &serde_json::Error| {
        let detail = format!("The body is not JSON: line {}, column {}.", error.line(), error.column());
        ApiError::Other(Code::MalformedJson, detail)
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|_| ApiError::Other(Code::MalformedJson, "The body is not UTF-8.".to_owned()))?
        .trim();
    let is_array = text.starts_with('[');
    match (form, is_array) {
        (Form::One, true) => {
            return Err(ApiError::Other(
                Code::Malformed,
                "Send one event, or application/cloudevents-batch+json.".to_owned(),
            ));
        }
        (Form::Many, false) => return Err(ApiError::Other(Code::Malformed, "Send an array of events.".to_owned())),
        _ => {}
    }
    let elements = if is_array {
        let Elements(elements) = serde_json::from_str(text).map_err(|error: serde_json::Error| {
            // Any element is accepted, so the only other error is their number.
            if error.is_data() {
                let detail = format!("Send at most {MOST_EVENTS} events at a time.");
                ApiError::Other(Code::TooManyEvents, detail)
            } else {
                malformed(&error)
            }
        })?;
        elements
    } else {
        vec![serde_json::from_str::<&RawValue>(text).map_err(|error| malformed(&error))?]
    };
    if elements.is_empty() {
        return Err(ApiError::Other(Code::Malformed, "Send at least one event.".to_owned()));
    }
    Ok(elements.into_iter().map(Event::from_json).collect())
}

/// Returns `true` if accepted events are listed, too.
fn results_all(query: &str) -> Result<bool, ApiError> {
    let bad = || ApiError::Parameter { name: "results", allowed: "all".to_owned() };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| bad())?;
    match pairs.iter().find(|(name, _)| name == "results").map(|(_, value)| value.as_str()) {
        None => Ok(false),
        Some("all") => Ok(true),
        Some(_) => Err(bad()),
    }
}

fn report(events: &[Result<Event, Box<Rejected>>], outcomes: &[Outcome], all: bool) -> Report {
    let mut report = Report { accepted: 0, duplicate: 0, refused: 0, results: Vec::new() };
    for (index, (event, outcome)) in events.iter().zip(outcomes).enumerate() {
        let id = match event {
            Ok(event) => event.id.clone(),
            Err(rejected) => rejected.id.clone(),
        };
        let plain = |status| EventReport { index, id, status, code: None, field: None, detail: None };
        match outcome {
            Outcome::Accepted => {
                report.accepted += 1;
                if all {
                    report.results.push(plain("accepted"));
                }
            }
            Outcome::Duplicate => {
                report.duplicate += 1;
                report.results.push(plain("duplicate"));
            }
            Outcome::Refused(refusal) => {
                report.refused += 1;
                report.results.push(EventReport {
                    code: Some(refusal.as_str()),
                    field: Some(refusal.field().to_owned()),
                    detail: Some(refusal.message()),
                    ..plain("refused")
                });
            }
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    const EVENT: &str = r#"{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"c"}"#;

    fn code(error: ApiError) -> Option<Code> {
        match error {
            ApiError::Other(code, _) => Some(code),
            _ => None,
        }
    }

    #[test]
    fn a_batch_has_1_to_1000_events() {
        let batch = |count: usize| format!("[{}]", vec![EVENT; count].join(","));
        let read = |text: &str, form| parse(text.as_bytes(), form).map(|events| events.len()).map_err(code);
        assert_eq!(read(EVENT, Form::One), Ok(1));
        assert_eq!(read(EVENT, Form::Either), Ok(1));
        assert_eq!(read(&batch(1_000), Form::Many), Ok(1_000));
        assert_eq!(read(&batch(1_001), Form::Either), Err(Some(Code::TooManyEvents)));
        assert_eq!(read("[]", Form::Many), Err(Some(Code::Malformed)));
        assert_eq!(read(&batch(2), Form::One), Err(Some(Code::Malformed)));
        assert_eq!(read(EVENT, Form::Many), Err(Some(Code::Malformed)));
        for broken in ["[1", "{", "", "[1,]", "[1] 2"] {
            assert_eq!(read(broken, Form::Either), Err(Some(Code::MalformedJson)), "{broken}");
        }
    }

    #[test]
    fn an_element_that_is_no_event_does_not_refuse_the_others() {
        let events = parse(format!("[7,{EVENT}]").as_bytes(), Form::Many).expect("a batch");
        assert!(events[0].is_err() && events[1].is_ok());
    }

    #[test]
    fn a_compressed_body_is_unpacked_up_to_the_limit() {
        let packed = |size: usize| {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(&vec![b' '; size]).expect("memory");
            gzip.finish().expect("memory")
        };
        assert_eq!(unpacked(&packed(UNPACKED_LIMIT)).expect("within the limit").len(), UNPACKED_LIMIT);
        let bomb = packed(UNPACKED_LIMIT + 1);
        assert!(bomb.len() < BODY_LIMIT);
        assert_eq!(unpacked(&bomb).map_err(code), Err(Some(Code::TooLarge)));
        assert_eq!(unpacked(b"no gzip").map_err(code), Err(Some(Code::Malformed)));
    }

    #[test]
    fn a_report_lists_what_was_not_accepted() {
        let events = parse(format!("[{EVENT},7]").as_bytes(), Form::Many).expect("a batch");
        let refusal = events[1].as_ref().expect_err("no event").refusal.clone();
        let outcomes = [Outcome::Accepted, Outcome::Refused(refusal)];
        let report = |all| report(&events, &outcomes, all);
        assert_eq!((report(false).accepted, report(false).refused, report(false).results.len()), (1, 1, 1));
        assert_eq!((report(false).results[0].index, report(false).results[0].code), (1, Some("malformed")));
        assert_eq!(report(true).results.len(), 2);
    }
}
