//! Value that is deserialized only where it is shown. The main bundle handles the data of the chunk's pages as bytes,
//! and needs none of the code that deserializes, compares and copies it.
//!
//! The bytes are positional, like everything in the encoding of [`wire`](crate::wire), whose header identifies the
//! build. In JSON, the value itself is serialized.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(not(feature = "hydrate"))]
pub use value::Deferred;

#[cfg(feature = "hydrate")]
pub use bytes::Deferred;

/// Server side, which holds the value.
#[cfg(not(feature = "hydrate"))]
mod value {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use serde::{
        de::{DeserializeOwned, Error as _},
        ser::Error as _,
    };

    /// Value that is sent as bytes.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Deferred<T>(T);

    impl<T> Deferred<T> {
        /// Wraps a value.
        pub const fn new(value: T) -> Self {
            Self(value)
        }

        /// Returns the value.
        pub const fn get(&self) -> &T {
            &self.0
        }
    }

    impl<T: Clone> Deferred<T> {
        /// Returns the value. In the browser, returns `None` if the bytes can't be deserialized, which only happens
        /// with those of another build.
        pub fn decode(&self) -> Option<T> {
            Some(self.0.clone())
        }
    }

    impl<T: Serialize> Serialize for Deferred<T> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            if to.is_human_readable() {
                return self.0.serialize(to);
            }
            postcard::to_allocvec(&self.0).map_err(S::Error::custom)?.serialize(to)
        }
    }

    impl<'de, T: DeserializeOwned> Deserialize<'de> for Deferred<T> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            if from.is_human_readable() {
                return T::deserialize(from).map(Self);
            }
            postcard::from_bytes(&Vec::<u8>::deserialize(from)?).map(Self).map_err(D::Error::custom)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::wire;

        #[test]
        fn it_is_bytes_in_postcard_and_the_value_in_json() {
            let deferred = Deferred::new((7_u32, Some("é".to_owned())));
            assert_eq!(wire::from_bytes(&wire::to_bytes(&deferred).unwrap()), Ok(deferred.clone()));
            let bytes: Vec<u8> = wire::from_bytes(&wire::to_bytes(&deferred).unwrap()).unwrap();
            assert_eq!(bytes, postcard::to_allocvec(deferred.get()).unwrap(), "what the browser takes them for");
            let json = serde_json::to_string(&deferred).unwrap();
            assert_eq!(json, serde_json::to_string(deferred.get()).unwrap());
            assert_eq!(serde_json::from_str::<Deferred<(u32, Option<String>)>>(&json).unwrap(), deferred);
        }
    }
}

/// Browser side, which holds the bytes until the value is shown.
#[cfg(feature = "hydrate")]
mod bytes {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use serde::de::DeserializeOwned;
    use std::{marker::PhantomData, sync::Arc};

    /// Value that is sent as bytes.
    #[derive(Debug)]
    pub struct Deferred<T>(Arc<[u8]>, PhantomData<fn() -> T>);

    impl<T> Clone for Deferred<T> {
        fn clone(&self) -> Self {
            Self(Arc::clone(&self.0), PhantomData)
        }
    }

    impl<T> PartialEq for Deferred<T> {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }

    impl<T: DeserializeOwned> Deferred<T> {
        /// Deserializes the value. Returns `None` if that fails, which only happens with the bytes of another build.
        pub fn decode(&self) -> Option<T> {
            postcard::from_bytes(&self.0).ok()
        }
    }

    impl<T> Serialize for Deferred<T> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            self.0.as_ref().serialize(to)
        }
    }

    impl<'de, T> Deserialize<'de> for Deferred<T> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            Vec::<u8>::deserialize(from).map(|bytes| Self(bytes.into(), PhantomData))
        }
    }
}
