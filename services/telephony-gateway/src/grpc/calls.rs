//! CallService on the wire.

use std::pin::Pin;

use chassis::clock;
use chassis::fault::Violations;
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::call_service_server::CallService;
use futures::{Stream, StreamExt as _};
use tonic::{Request, Response, Status};

use super::wire::{call_sid, of_call, of_handling};
use super::{Api, follow, page, status};
use crate::app::answer_call::{Ring, answer_call};
use crate::app::erase::erase;
use crate::app::read;
use crate::app::read_recording::{self, pieces};
use crate::app::record_progress::{Progress, record_progress};
use crate::app::record_voicemail::{Voicemail, record_voicemail};
use crate::app::resume_call::{Resume, resume_call};

type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl CallService for Api {
    async fn answer_call(
        &self,
        request: Request<wire::AnswerCallRequest>,
    ) -> Result<Response<wire::AnswerCallResponse>, Status> {
        let wire::AnswerCallRequest {
            call_sid: sid,
            to,
            from,
            forwarded_from,
            account_sid: _,
            receive_time,
        } = request.into_inner();
        let mut found = Violations::new();
        let sid = call_sid(&sid, &mut found);
        if to.trim().is_empty() {
            found.add("to", "is required");
        }
        found.finish()?;
        let receive_time = receive_time
            .and_then(super::wire::time)
            .unwrap_or_else(clock::now);
        let ring = Ring {
            call_sid: sid,
            to,
            from,
            forwarded_from,
            receive_time,
        };
        let answer = answer_call(&self.telephony, ring).await;
        let handling = of_handling(answer.handling).into();
        Ok(Response::new(wire::AnswerCallResponse {
            twiml: answer.twiml.to_string(),
            handling,
        }))
    }

    async fn resume_call(
        &self,
        request: Request<wire::ResumeCallRequest>,
    ) -> Result<Response<wire::ResumeCallResponse>, Status> {
        let wire::ResumeCallRequest {
            call_sid: sid,
            stage,
            to,
            from: _,
            resume_token,
        } = request.into_inner();
        let mut found = Violations::new();
        let sid = call_sid(&sid, &mut found);
        let after_agent = match wire::ResumeStage::try_from(stage) {
            Ok(wire::ResumeStage::AfterAgent) => true,
            Ok(wire::ResumeStage::Fallback) => false,
            _ => {
                found.add("stage", "is AFTER_AGENT or FALLBACK");
                false
            }
        };
        found.finish()?;
        let resume = Resume {
            call_sid: sid,
            after_agent,
            to,
            token: resume_token,
        };
        let twiml = resume_call(&self.telephony, resume).await;
        Ok(Response::new(wire::ResumeCallResponse { twiml }))
    }

    async fn record_call_progress(
        &self,
        request: Request<wire::RecordCallProgressRequest>,
    ) -> Result<Response<wire::RecordCallProgressResponse>, Status> {
        let wire::RecordCallProgressRequest {
            call_sid: sid,
            status: carrier_status,
            to,
            from,
            duration,
            event_time,
            parent_call_sid,
        } = request.into_inner();
        let mut found = Violations::new();
        let sid = call_sid(&sid, &mut found);
        found.finish()?;
        let progress = Progress {
            call_sid: sid,
            status: carrier_status,
            to,
            from,
            forwarded_from: String::new(),
            duration: duration.and_then(super::wire::length),
            event_time: event_time.and_then(super::wire::time),
            start_time: None,
            parent_call_sid,
        };
        record_progress(&self.telephony, progress)
            .await
            .map_err(status)?;
        Ok(Response::new(wire::RecordCallProgressResponse {}))
    }

    async fn record_voicemail(
        &self,
        request: Request<wire::RecordVoicemailRequest>,
    ) -> Result<Response<wire::RecordVoicemailResponse>, Status> {
        let wire::RecordVoicemailRequest {
            call_sid: sid,
            recording_sid,
            duration,
            status: recording_status,
            to,
            from,
        } = request.into_inner();
        let mut found = Violations::new();
        let sid = call_sid(&sid, &mut found);
        if !recording_sid
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric())
            || recording_sid.len() > 64
        {
            found.add(
                "recording_sid",
                "is the carrier's id of the recording (RE…)",
            );
        }
        found.finish()?;
        let voicemail = Voicemail {
            call_sid: sid,
            recording_sid,
            duration: duration.and_then(super::wire::length),
            status: recording_status,
            to,
            from,
        };
        let twiml = record_voicemail(&self.telephony, voicemail)
            .await
            .map_err(status)?;
        Ok(Response::new(wire::RecordVoicemailResponse { twiml }))
    }

    type ReadRecordingStream = Streamed<wire::ReadRecordingResponse>;

    async fn read_recording(
        &self,
        request: Request<wire::ReadRecordingRequest>,
    ) -> Result<Response<Self::ReadRecordingStream>, Status> {
        let wire::ReadRecordingRequest { call_sid } = request.into_inner();
        let recording = read_recording::read_recording(&self.telephony, &call_sid)
            .await
            .map_err(status)?;
        let mut content_type = Some(recording.content_type);
        let chunks = recording.body.bytes_stream().flat_map(|chunk| {
            let pieces = match chunk {
                Ok(chunk) => pieces(chunk).into_iter().map(Ok).collect(),
                Err(_) => vec![Err(Status::unavailable("the carrier stopped sending"))],
            };
            futures::stream::iter(pieces)
        });
        let responses = chunks.map(move |piece| {
            let content_type = content_type.take().unwrap_or_default();
            piece.map(|data| wire::ReadRecordingResponse {
                content_type,
                data: data.into(),
            })
        });
        Ok(Response::new(Box::pin(responses)))
    }

    async fn get_call(
        &self,
        request: Request<wire::GetCallRequest>,
    ) -> Result<Response<wire::GetCallResponse>, Status> {
        let wire::GetCallRequest { call_sid } = request.into_inner();
        super::wire::keys(&[("call_sid", &call_sid)])?;
        let call = read::call(&self.telephony, &call_sid)
            .await
            .map_err(status)?;
        Ok(Response::new(wire::GetCallResponse {
            call: Some(of_call(call)),
        }))
    }

    async fn list_calls(
        &self,
        request: Request<wire::ListCallsRequest>,
    ) -> Result<Response<wire::ListCallsResponse>, Status> {
        let wire::ListCallsRequest {
            site_id,
            page_size,
            page_token,
            since_time,
            until_time,
        } = request.into_inner();
        super::wire::keys(&[("site_id", &site_id)])?;
        let size = page::size(page_size)?;
        let span = page::span(since_time, until_time)?;
        let (time, sid) = page::place(&page_token)?;
        let calls = read::calls(&self.telephony, &site_id, span, (time, &sid), size);
        let calls = calls.await.map_err(status)?;
        let next_page_token = match calls.last() {
            Some(last) if i64::try_from(calls.len()) == Ok(size) => {
                page::place_token(last.receive_time, &last.sid)
            }
            _ => String::new(),
        };
        let calls = calls.into_iter().map(of_call).collect();
        Ok(Response::new(wire::ListCallsResponse {
            calls,
            next_page_token,
        }))
    }

    type FollowCallsStream = Streamed<wire::FollowCallsResponse>;

    async fn follow_calls(
        &self,
        request: Request<wire::FollowCallsRequest>,
    ) -> Result<Response<Self::FollowCallsStream>, Status> {
        let wire::FollowCallsRequest { epoch, number } = request.into_inner();
        let db = self.telephony.db.clone();
        Ok(Response::new(Box::pin(follow::entries(
            db,
            epoch,
            number,
            self.life.clone(),
        ))))
    }

    async fn erase(
        &self,
        request: Request<wire::EraseRequest>,
    ) -> Result<Response<wire::EraseResponse>, Status> {
        let erasure = super::wire::erasure(request.into_inner())?;
        let erased = erase(&self.telephony, erasure).await.map_err(status)?;
        let stores = erased.into_iter().map(super::wire::of_erased).collect();
        Ok(Response::new(wire::EraseResponse { stores }))
    }
}
