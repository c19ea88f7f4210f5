//! Rate limit of each token.
//!
//! Counted in the memory of this process: with two servers, a token has up to twice as much. A token is known by the
//! hash that the database also stores. Fair shares (`middleware::spawn`) limit how much runs at once; this limits how
//! much is asked for over time, and says so in advance.

use super::{
    error::ApiError,
    token::{self, Bearer},
};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use std::{num::NonZeroU32, sync::Arc};
use store::{door::Credential, secret::SecretHash};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Number of tokens above which those that have all of their requests again are forgotten, which takes them 2 s.
const SWEEP_AT: usize = 10_000;
/// Number of seconds whose requests may be sent at once.
const BURST_SECONDS: u32 = 2;

type Buckets = RateLimiter<SecretHash, DefaultKeyedStateStore<SecretHash>, DefaultClock, StateInformationMiddleware>;

/// A rate limit by token. Cheap to clone; clones count together.
#[derive(Clone)]
pub(super) struct Rate {
    name: &'static str,
    per_second: u32,
    buckets: Arc<Buckets>,
}

impl Rate {
    /// Creates a limit of `per_second` requests per second, and twice as many at once. `name` is the policy's name in
    /// the headers: lower case letters.
    pub(super) fn new(name: &'static str, per_second: u32) -> Self {
        let per_second = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let buckets = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self { name, per_second: per_second.get(), buckets: Arc::new(buckets) }
    }

    /// Counts a request. Returns the number of requests that are left, or the seconds to wait.
    fn take(&self, token: &SecretHash) -> Result<u32, u64> {
        if self.buckets.len() > SWEEP_AT {
            self.buckets.retain_recent();
        }
        match self.buckets.check_key(token) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(not_until) => Err(not_until.wait_time_from(DefaultClock::default().now()).as_secs().saturating_add(1)),
        }
    }

    /// Adds the headers of draft-ietf-httpapi-ratelimit-headers-10: quota `q` per window of `w` seconds, and what
    /// remains `r` until the quota is whole again in `t` seconds.
    fn describe(&self, left: u32, response: &mut Response) {
        let quota = self.per_second.saturating_mul(BURST_SECONDS);
        let until = quota.saturating_sub(left).div_ceil(self.per_second);
        let policy = format!("\"{}\";q={quota};w={BURST_SECONDS}", self.name);
        let limit = format!("\"{}\";r={left};t={until}", self.name);
        for (header, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, limit)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(header, value);
            }
        }
    }
}

/// Middleware: counts each request that presents a token, and responds with 429 if the token has none left. Requests
/// without a token are not counted; they get 401.
pub(super) async fn limit(State(rate): State<Rate>, request: Request, next: Next) -> Response {
    let Ok(Bearer(credential)) = token::bearer(request.headers()) else { return next.run(request).await };
    let (Credential::Session(hash) | Credential::Token(hash) | Credential::Key(hash)) = credential;
    let (left, mut response) = match rate.take(&hash) {
        Ok(left) => (left, next.run(request).await),
        Err(seconds) => (0, ApiError::RateLimited(seconds).into_response()),
    };
    rate.describe(left, &mut response);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use store::secret::Secret;

    #[test]
    fn each_token_has_its_own_burst_of_twice_the_rate() {
        let rate = Rate::new("test", 1);
        let [one, other] = [(); 2].map(|()| Secret::generate("stile_").expect("randomness").hash());
        assert_eq!([rate.take(&one), rate.take(&one), rate.take(&one)], [Ok(1), Ok(0), Err(1)]);
        assert_eq!(rate.take(&other), Ok(1), "one token uses up another's requests");
    }

    #[test]
    fn headers_say_the_policy_and_what_is_left() {
        let mut response = Response::new(Body::empty());
        Rate::new("default", 20).describe(5, &mut response);
        assert_eq!(response.headers()[RATE_LIMIT_POLICY], "\"default\";q=40;w=2");
        assert_eq!(response.headers()[RATE_LIMIT], "\"default\";r=5;t=2");
    }
}
