//! The devices that come with the simulator.
//!
//! `catalogue.json` holds one row per device, each figure with its source and how far to trust it.
//! Vendors publish neither idle power nor P-states nor sleep states for most accelerators: such
//! figures are marked `example`, with the rule by which they were chosen. A study that depends on
//! them must replace them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::json::{Document, Limits, Problems};

mod build;
mod check;
mod spec;
mod thermal;

pub use check::{Finding, Severity, check};
pub use spec::*;

/// Devices by id and alias, in any case.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    devices: BTreeMap<String, DeviceSpec>,
    /// Lower-case id or alias to id.
    names: BTreeMap<String, String>,
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// It is not JSON of the expected form.
    #[error("{0}")]
    Json(#[from] Problems),
    /// Two devices answer to one name.
    #[error("device catalogue: `{0}` names two devices")]
    Ambiguous(String),
}

impl Catalogue {
    /// The catalogue of this version.
    ///
    /// # Errors
    /// Never in a released version: the tests read it.
    pub fn builtin() -> Result<&'static Self, &'static CatalogueError> {
        static BUILTIN: OnceLock<Result<Catalogue, CatalogueError>> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::from_json(include_str!("catalogue.json"))).as_ref()
    }

    /// Reads a JSON object of devices by id.
    ///
    /// # Errors
    /// The text is not such an object, an object in it has a key twice, or a name belongs to two devices.
    pub fn from_json(text: &str) -> Result<Self, CatalogueError> {
        let document = Document::parse("device catalogue", text.as_bytes(), &Limits::default())?;
        let devices: BTreeMap<String, DeviceSpec> = document.decode()?;
        let mut names = BTreeMap::new();
        for (id, device) in &devices {
            for name in std::iter::once(id).chain(&device.aliases) {
                if names.insert(name.to_ascii_lowercase(), id.clone()).is_some() {
                    return Err(CatalogueError::Ambiguous(name.clone()));
                }
            }
        }
        Ok(Self { devices, names })
    }

    /// The device with this id or alias, in any case.
    pub fn get(&self, name: &str) -> Option<&DeviceSpec> {
        self.devices.get(self.id_of(name)?)
    }

    /// The id behind an id or alias, in any case.
    pub fn id_of(&self, name: &str) -> Option<&str> {
        self.names.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// All ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.devices.keys().map(String::as_str)
    }

    /// All devices with their ids, sorted by id.
    pub fn devices(&self) -> impl Iterator<Item = (&str, &DeviceSpec)> {
        self.devices.iter().map(|(id, device)| (id.as_str(), device))
    }

    /// The known name that `name` may have been meant to be: at most two slips away, which must be
    /// less than half of it, or the first that begins with it.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let wanted: String = name.chars().take(64).collect::<String>().to_ascii_lowercase();
        let slips = |known: &&String| strsim::damerau_levenshtein(known, &wanted);
        let few = |slips: usize| slips <= 2 && 2 * slips < wanted.len();
        let close = self.names.keys().min_by_key(slips).filter(|known| few(slips(known)));
        let begins = || self.names.keys().find(|known| wanted.len() >= 2 && known.starts_with(&wanted));
        close.or_else(begins).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{ByteCount, BytesPerSecond, FlopsPerSecond, Watts};
    use crate::model::kind::UnitKind;

    fn builtin() -> &'static Catalogue {
        Catalogue::builtin().unwrap()
    }

    fn device(name: &str) -> &'static DeviceSpec {
        builtin().get(name).unwrap()
    }

    #[test]
    fn every_row_is_sound() {
        for (id, device) in builtin().devices() {
            assert_eq!(check(device), [], "{id}");
            assert!(!device.name.is_empty(), "{id}");
        }
    }

    #[test]
    fn every_figure_has_a_source_and_every_source_a_figure() {
        for (id, device) in builtin().devices() {
            let figures = device.figures();
            for figure in &figures {
                let source = device.provenance_of(figure).unwrap_or_else(|| panic!("{id}: {figure} has no source"));
                assert!(!source.source.is_empty(), "{id}: {figure}");
            }
            for of in device.provenance.iter().flat_map(|p| &p.of) {
                let covers = |f: &String| f == of || f.strip_prefix(of.as_str()).is_some_and(|r| r.starts_with('.'));
                assert!(figures.iter().any(covers), "{id}: source for {of}, which is not stated");
            }
        }
    }

    #[test]
    fn published_figures_are_those_of_the_data_sheets() {
        let h100 = device("h100-sxm");
        assert_eq!(h100.kind, UnitKind::Gpu);
        assert_eq!(h100.peak_for(Precision::Bf16), Some(FlopsPerSecond(989e12)));
        assert_eq!(h100.peak_for(Precision::Int8), Some(FlopsPerSecond(1979e12)));
        assert_eq!(h100.peak_for(Precision::Fp64), None);
        assert_eq!(h100.memory, Some(ByteCount(80_000_000_000)));
        assert_eq!(h100.memory_bandwidth, Some(BytesPerSecond(3350e9)));
        assert_eq!(h100.tdp, Some(Watts(700.0)));
        assert_eq!(h100.interconnect, Some(BytesPerSecond(450e9)));
        assert_eq!(h100.host_link, Some(BytesPerSecond(64e9)));

        let groq = device("groq-lpu");
        assert_eq!((groq.kind, groq.memory), (UnitKind::Lpu, Some(ByteCount(230_000_000))));
        assert_eq!(groq.memory_bandwidth, Some(BytesPerSecond(80e12)));

        assert_eq!(device("myriad-x").tdp, Some(Watts(1.5)));
        assert_eq!(device("tpu-v5p").memory_bandwidth, Some(BytesPerSecond(2765e9)));
        assert_eq!(device("mi300x").memory, Some(ByteCount(192_000_000_000)));
        assert_eq!(device("rtxpro6000").power.idle, Watts(35.0));
        assert_eq!(device("a100-sxm").efficiency.as_ref().map(|e| (e.compute, e.memory)), Some((0.76, Some(1.09))));
    }

    #[test]
    fn measured_p_states_are_kept() {
        // Qualcomm Cloud AI 100: 12.05, 19.74 and 69.26 W at 149.0, 196.9 and 363.0 INT8 TOP/s.
        let states = &device("cloudai100-pro").power.pstates;
        let watts: Vec<_> = states.iter().map(|s| s.power.get()).collect();
        assert_eq!(watts, [12.05, 19.74, 69.26]);
        let clocks: Vec<_> = states.iter().map(|s| s.frequency.get()).collect();
        assert!((clocks[0] / clocks[2] - 149.0 / 363.0).abs() < 1e-3);
        assert!((clocks[1] / clocks[2] - 196.9 / 363.0).abs() < 1e-3);

        // A100 SXM: 52 W + 209 W/GHz f V(f)^2, V = 1 up to 1.104 GHz, then 1 + 0.747 (f - 1.104).
        for state in &device("a100-sxm-80").power.pstates {
            let f = state.frequency.get() / 1e9;
            let v = 1.0 + 0.747 * (f - 1.104).max(0.0);
            let expected = 52.0 + 209.0 * f * v * v;
            assert!((state.power.get() - expected).abs() < 0.051, "{f} GHz: {expected} W");
        }
    }

    #[test]
    fn every_kind_has_a_neutral_device() {
        for kind in UnitKind::ALL {
            let neutral = device(&format!("{kind}-generic"));
            assert_eq!((neutral.kind, neutral.speed), (kind, 1.0));
            assert_eq!((neutral.memory, neutral.power.pstates.len()), (None, 0));
            assert!(neutral.provenance.iter().all(|p| p.confidence == Confidence::Example));
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_misspelt_ones_guessed() {
        assert_eq!(builtin().id_of("H100-SXM"), Some("h100-sxm-80"));
        assert_eq!(builtin().nearest("h100-smx"), Some("h100-sxm"));
        assert_eq!(builtin().nearest("cpu-genric"), Some("cpu-generic"));
        assert_eq!(builtin().nearest("quantum-computer"), None);
        assert_eq!(builtin().nearest(""), None);
        assert_eq!(builtin().nearest("g9"), None);
        for model in ["G1", "G2", "G3", "T4", "P100", "A10", "V100M16", "V100M32"] {
            assert_eq!(device(model).kind, UnitKind::Gpu, "{model}");
        }
    }

    #[test]
    fn a_name_belongs_to_one_device() {
        let power = r#""power": {"idle": 1, "active": 2}"#;
        let two = format!(r#"{{"a": {{"kind": "cpu", {power}}}, "b": {{"kind": "cpu", "aliases": ["A"], {power}}}}}"#);
        assert!(matches!(Catalogue::from_json(&two), Err(CatalogueError::Ambiguous(_))));
        let twice = format!(r#"{{"a": {{"kind": "cpu", {power}}}, "a": {{"kind": "cpu", {power}}}}}"#);
        assert!(matches!(Catalogue::from_json(&twice), Err(CatalogueError::Json(_))));
        let twice_inside = format!(r#"{{"a": {{"kind": "cpu", "peak": {{"int8": 1, "int8": 2}}, {power}}}}}"#);
        assert!(matches!(Catalogue::from_json(&twice_inside), Err(CatalogueError::Json(_))));
        assert!(matches!(Catalogue::from_json("{} {}"), Err(CatalogueError::Json(_))));
    }
}
