//! Value that is deserialized only where it is shown. The main bundle handles the data of the chunk's pages as bytes,
//! and needs none of the code that deserializes, compares and copies it.
//!
//! The bytes are positional, like everything in the encoding of [`wire`](crate::wire), whose header identifies the
//! build. In JSON, the value itself is serialized.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(not(feature = "hydrate"))]
pub use whole::Packed;

#[cfg(feature = "hydrate")]
pub use bytes::Packed;

/// Server side, which holds the value.
#[cfg(not(feature = "hydrate"))]
mod whole {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use serde::{
        de::{DeserializeOwned, Error as _},
        ser::Error as _,
    };

    /// Value that is sent as bytes.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Packed<T>(T);

    impl<T> Packed<T> {
        /// Packs a value.
        pub const fn new(value: T) -> Self {
            Self(value)
        }

        /// Returns the packed value.
        pub const fn get(&self) -> &T {
            &self.0
        }
    }

    impl<T: Clone> Packed<T> {
        /// Returns the value. In the browser, returns `None` if the bytes can't be deserialized, which only happens
        /// with those of another build.
        pub fn open(&self) -> Option<T> {
            Some(self.0.clone())
        }
    }

    impl<T: Serialize> Serialize for Packed<T> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            if to.is_human_readable() {
                return self.0.serialize(to);
            }
            postcard::to_allocvec(&self.0).map_err(S::Error::custom)?.serialize(to)
        }
    }

    impl<'de, T: DeserializeOwned> Deserialize<'de> for Packed<T> {
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
        fn it_travels_as_bytes_and_is_the_value_itself_in_json() {
            let packed = Packed::new((7_u32, Some("é".to_owned())));
            assert_eq!(wire::from_bytes(&wire::to_bytes(&packed).unwrap()), Ok(packed.clone()));
            let bytes: Vec<u8> = wire::from_bytes(&wire::to_bytes(&packed).unwrap()).unwrap();
            assert_eq!(bytes, postcard::to_allocvec(packed.get()).unwrap(), "what the browser takes them for");
            let json = serde_json::to_string(&packed).unwrap();
            assert_eq!(json, serde_json::to_string(packed.get()).unwrap());
            assert_eq!(serde_json::from_str::<Packed<(u32, Option<String>)>>(&json).unwrap(), packed);
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
    pub struct Packed<T>(Arc<[u8]>, PhantomData<fn() -> T>);

    impl<T> Clone for Packed<T> {
        fn clone(&self) -> Self {
            Self(Arc::clone(&self.0), PhantomData)
        }
    }

    impl<T> PartialEq for Packed<T> {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }

    impl<T: DeserializeOwned> Packed<T> {
        /// Deserializes the value. Returns `None` if that fails, which only happens with the bytes of another build.
        pub fn open(&self) -> Option<T> {
            postcard::from_bytes(&self.0).ok()
        }
    }

    impl<T> Serialize for Packed<T> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            self.0.as_ref().serialize(to)
        }
    }

    impl<'de, T> Deserialize<'de> for Packed<T> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            Vec::<u8>::deserialize(from).map(|bytes| Self(bytes.into(), PhantomData))
        }
    }
}
