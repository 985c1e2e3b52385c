//! Seeds that people can read, as the bytes that stand for them.
//!
//! `seeds/sources/` has files as the tests of the loader have them: the format by the extension, and
//! `# profiles: a, b` and `# environment: NAME=value` in lines at the top.

use std::ffi::OsStr;
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::{env, fs};

use arbitrary::{Arbitrary, Unstructured};

use crate::sources::{Format, Sources, Variable};
use crate::words::Text;

/// The variable that says which directory takes the bytes.
const DIRECTORY: &str = "FUZZ_SEEDS";

/// Writes the seeds of `sources`, where somebody asks for them.
///
/// # Panics
/// When they cannot be read or written, or when the bytes of one do not stand for it.
pub fn write() {
    if let Some(directory) = env::var_os(DIRECTORY) {
        write_into(Path::new(&directory)).unwrap_or_else(|error| panic!("seeds: {error}"));
    }
}

fn write_into(directory: &Path) -> Result<(), Error> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/sources");
    for entry in fs::read_dir(&seeds)? {
        let path = entry?.path();
        let file = fs::read_to_string(&path)?;
        let unusable = || Error::new(ErrorKind::InvalidData, path.display().to_string());
        let sources = read(&path, &file).ok_or_else(unusable)?;
        let bytes = bytes(&sources).ok_or_else(unusable)?;
        let read_back = Sources::arbitrary_take_rest(Unstructured::new(&bytes));
        assert_eq!(read_back.as_ref(), Ok(&sources), "{}", path.display());
        let name = path.file_name().unwrap_or_default();
        fs::write(directory.join(name), bytes)?;
    }
    Ok(())
}

fn read(path: &Path, file: &str) -> Option<Sources> {
    let format = match path.extension().and_then(OsStr::to_str)? {
        "yml" => Format::Yaml,
        "toml" => Format::Toml,
        "json" => Format::Json,
        _ => return None,
    };
    let mut profiles = None;
    let mut variables = Vec::new();
    let mut text = file;
    while let Some((line, rest)) = text.split_once('\n') {
        if let Some(names) = line.strip_prefix("# profiles: ") {
            profiles = Some(names.split(", ").map(Text::from).collect());
        } else if let Some((name, value)) = line
            .strip_prefix("# environment: ")
            .and_then(|variable| variable.split_once('='))
        {
            let (name, value) = (name.into(), value.into());
            variables.push(Variable { name, value });
        } else {
            break;
        }
        text = rest;
    }
    Some(Sources {
        format,
        profiles,
        variables,
        text: text.into(),
    })
}

/// What `Sources::arbitrary_take_rest` reads.
fn bytes(sources: &Sources) -> Option<Vec<u8>> {
    // The variant of an enum is the integer part of a fraction of 2^32, times the number of variants.
    let variant = ((sources.format as u64) << 32).div_ceil(3);
    let mut bytes = variant.to_le_bytes()[..4].to_vec();
    bytes.push(sources.profiles.is_some().into());
    if let Some(profiles) = &sources.profiles {
        for profile in profiles {
            bytes.push(1);
            bytes.extend(short(profile)?);
        }
        bytes.push(0);
    }
    for variable in &sources.variables {
        bytes.push(1);
        bytes.extend(short(&variable.name)?);
        bytes.extend(short(&variable.value)?);
    }
    bytes.push(0);
    bytes.extend(sources.text.bytes()?);
    Some(bytes)
}

/// A text behind the number of its bytes.
fn short(text: &Text) -> Option<Vec<u8>> {
    let bytes = text.bytes()?;
    let length = u8::try_from(bytes.len()).ok()?;
    Some([vec![length], bytes].concat())
}
