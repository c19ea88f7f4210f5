//! Imports of usage for the tests, created through the store.

use model::{
    capability::{EditContent, RecordUsage},
    id::ImportId,
    import::{DecimalSign, Delimiter, Given, ImportProgress, Mapping, TimesIn, Value},
};
use sha2::{Digest, Sha256};
use store::{
    door::{Can, WorkspaceTx, Write},
    imports::{self, Rows},
};

/// Returns the mapping of a file with the columns `at` and `n`, whose rows are usage of one customer.
pub(crate) fn mapping(subject: &str, kind: &str, property: &str) -> Mapping {
    Mapping {
        delimiter: Delimiter::Comma,
        decimal: DecimalSign::Point,
        header: true,
        times_in: TimesIn::UTC,
        time: 0,
        subject: Given::Constant(subject.to_owned()),
        kind: Given::Constant(kind.to_owned()),
        id: None,
        values: vec![Value { column: 1, property: property.to_owned(), number: true }],
        columns: ["at", "n"].map(str::to_owned).to_vec(),
        name: String::new(),
    }
}

/// Uploads a file in chunks of at most `size` bytes.
pub(crate) async fn upload(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    name: &str,
    bytes: &[u8],
    size: usize,
) -> ImportId {
    let id = imports::begin(tx, can, name).await.unwrap().expect("there are too many unfinished imports");
    for (n, chunk) in (0..).zip(bytes.chunks(size)) {
        assert!(imports::append(tx, can, id, n, chunk).await.unwrap());
    }
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    assert!(imports::finish_upload(tx, can, id, &digest).await.unwrap());
    id
}

/// Takes one step of an import.
pub(crate) async fn step(tx: &mut WorkspaceTx<Write>, id: ImportId) -> Option<ImportProgress> {
    let (edit, record) = (tx.can::<EditContent>().unwrap(), tx.can::<RecordUsage>().unwrap());
    let mapping = imports::get(tx, id).await.unwrap()?.mapping.expect("the columns are mapped");
    let file = imports::file(tx, id).await.unwrap();
    let mut rows = Rows::open(file, mapping, tx.zone()).unwrap();
    imports::step(tx, &edit, &record, id, &mut rows).await.unwrap()
}
