//! A value that is opened only where it is shown. The program's first part carries what the chunk's pages show as
//! bytes, and so none of the code that reads, compares and copies it.
//!
//! By position as all that [`wire`](crate::wire) writes, which says before it which build wrote it. Whoever gets JSON
//! sees the value itself.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(not(feature = "hydrate"))]
pub use whole::Packed;

#[cfg(feature = "hydrate")]
pub use bytes::Packed;

/// The server has the value.
#[cfg(not(feature = "hydrate"))]
mod whole {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use serde::{
        de::{DeserializeOwned, Error as _},
        ser::Error as _,
    };

    /// A value that travels as bytes.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Packed<T>(T);

    impl<T> Packed<T> {
        /// Packs it.
        pub const fn new(value: T) -> Self {
            Self(value)
        }

        /// The value.
        pub const fn get(&self) -> &T {
            &self.0
        }
    }

    impl<T: Clone> Packed<T> {
        /// The value; in the browser `None` if it can't be read, which only another build's can't.
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

/// The browser has it as bytes until it is shown.
#[cfg(feature = "hydrate")]
mod bytes {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use serde::de::DeserializeOwned;
    use std::{marker::PhantomData, sync::Arc};

    /// A value that travels as bytes.
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
        /// The value; `None` if it can't be read, which only another build's can't.
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
