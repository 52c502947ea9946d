//! Arguments of a statement, typed once for both databases.

use domain::Timestamp;
use sqlx::{Arguments, postgres::PgArguments, sqlite::SqliteArguments};
use uuid::Uuid;

/// One argument. The variant fixes the type on the wire, so that a null is a null of that type.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Flag(bool),
    Id(Option<Uuid>),
}

macro_rules! from {
    ($($type:ty => |$v:ident| $arg:expr;)*) => {$(
        impl From<$type> for Arg {
            fn from($v: $type) -> Self { $arg }
        }
    )*};
}

from! {
    i64 => |v| Self::Int(Some(v));
    Option<i64> => |v| Self::Int(v);
    Timestamp => |v| Self::Int(Some(v.0));
    Option<Timestamp> => |v| Self::Int(v.map(|t| t.0));
    &str => |v| Self::Text(Some(v.to_owned()));
    &String => |v| Self::Text(Some(v.clone()));
    String => |v| Self::Text(Some(v));
    Option<String> => |v| Self::Text(v);
    Option<&str> => |v| Self::Text(v.map(str::to_owned));
    Vec<u8> => |v| Self::Bytes(Some(v));
    Option<Vec<u8>> => |v| Self::Bytes(v);
    &[u8] => |v| Self::Bytes(Some(v.to_vec()));
    bool => |v| Self::Flag(v);
    Uuid => |v| Self::Id(Some(v));
    Option<Uuid> => |v| Self::Id(v);
}

/// `args![a, b]`: the arguments of a statement in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::args::Arg::from($value)),*] };
}
pub(crate) use args;

type Added<A> = Result<A, sqlx::error::BoxDynError>;

pub(crate) fn sqlite(args: Vec<Arg>) -> Added<SqliteArguments> {
    let mut out = SqliteArguments::default();
    for arg in args {
        match arg {
            Arg::Int(v) => out.add(v)?,
            Arg::Text(v) => out.add(v)?,
            Arg::Bytes(v) => out.add(v)?,
            Arg::Flag(v) => out.add(v)?,
            Arg::Id(v) => out.add(v)?,
        }
    }
    Ok(out)
}

pub(crate) fn postgres(args: Vec<Arg>) -> Added<PgArguments> {
    let mut out = PgArguments::default();
    for arg in args {
        match arg {
            Arg::Int(v) => out.add(v)?,
            Arg::Text(v) => out.add(v)?,
            Arg::Bytes(v) => out.add(v)?,
            Arg::Flag(v) => out.add(v)?,
            Arg::Id(v) => out.add(v)?,
        }
    }
    Ok(out)
}
