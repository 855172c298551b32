//! `bundle`: results, inputs and a script that repeats the run, in one archive.

use std::path::{Path, PathBuf};

use crate::report::bundle::{Content, Item, files_below, renamed, sha256_of, stored_name, write_archive};
use crate::report::recorded::Recorded;

use super::args::Bundle;
use super::failure::Failure;
use super::output::print;
use super::repeat::{command_of, common_of, loader_of};

pub(super) fn bundle(args: &Bundle) -> Result<(), Failure> {
    let dir = &args.dir;
    let recorded = Recorded::read(dir)?;
    let root = root_of(dir)?;
    let target = args.out.clone().unwrap_or_else(|| dir.with_file_name(format!("{root}.tar.gz")));
    if target.exists() && !args.force {
        let message = format!("{}: it is there already; write over it with --force", target.display());
        return Err(Failure::new(Failure::FILES, message));
    }
    let mut items = inputs(&recorded, args)?;
    let files = files_below(dir).map_err(|e| Failure::io(dir, &e))?;
    items.extend(files.iter().map(|file| Item {
        name: format!(
            "results/{}",
            file.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
        ),
        content: Content::File(dir.join(file)),
    }));
    items.push(Item { name: "README.md".into(), content: Content::Text(readme(&recorded, &root), false) });
    items.push(Item { name: "reproduce.sh".into(), content: Content::Text(SCRIPT.to_owned(), true) });
    items.sort_by(|a, b| a.name.cmp(&b.name));
    write_archive(&target, &root, &items).map_err(|e| Failure::io(&target, &e))?;
    print(&format!("{}: {} files; unpacked, `{root}/reproduce.sh` repeats the run\n", target.display(), items.len()))
}

const SCRIPT: &str = "#!/bin/sh
# Runs everything again from the inputs beside this file and compares the results byte by byte.
# XPUSIM names the program where it is not on the path.
cd \"$(dirname \"$0\")\" || exit 4
exec \"${XPUSIM:-xpusim}\" reproduce . \"$@\"
";

/// The name of the archive's one folder.
fn root_of(dir: &Path) -> Result<String, Failure> {
    let real = dir.canonicalize().map_err(|e| Failure::io(dir, &e))?;
    Ok(real.file_name().map_or_else(|| "results".to_owned(), |n| n.to_string_lossy().into_owned()))
}

/// The document and the files that it names, under names that stay within the archive.
fn inputs(recorded: &Recorded, args: &Bundle) -> Result<Vec<Item>, Failure> {
    let mut command = command_of(recorded)?;
    let mut further: Vec<PathBuf> = common_of(&mut command).map(|c| c.allow_path.clone()).unwrap_or_default();
    further.extend(args.allow_path.iter().cloned());
    let loader = loader_of(&command, &further);
    let mut document = recorded.given.clone();
    let mut items = Vec::new();
    for (number, named) in recorded.inputs.iter().enumerate() {
        let found =
            loader.resolve(named).map_err(|why| Failure::new(Failure::FILES, format_args!("`{named}`: {why}")))?;
        let known = recorded.traces.iter().find(|t| t.path == *named);
        let hash = sha256_of(&found).map_err(|e| Failure::io(&found, &e))?;
        if let Some(trace) = known.filter(|t| t.sha256 != hash) {
            let message = format!(
                "{}: the file has changed since the run: SHA-256 {hash}, the manifest has {}",
                found.display(),
                trace.sha256
            );
            return Err(Failure::new(Failure::INPUT, message));
        }
        let stored = stored_name(named, number);
        document = renamed(&document, named, &stored);
        items.push(Item { name: format!("inputs/{stored}"), content: Content::File(found) });
    }
    let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    items.push(Item { name: "inputs/scenario.json".into(), content: Content::Text(text, false) });
    Ok(items)
}

fn readme(recorded: &Recorded, root: &str) -> String {
    format!(
        "# {root}\n\n\
         Results of {program}, with all that they were made from.\n\n\
         - `results/`: what came out, with `manifest.json`, which says what ran: command, seeds, hashes.\n\
         - `inputs/`: the scenario as it was given, and every file that it reads.\n\
         - `reproduce.sh`: runs it again and compares the bytes; exit code 0 where all are equal.\n\n\
         The command was:\n\n```sh\n{command}\n```\n",
        program = recorded.program,
        command = recorded.command.join(" "),
    )
}
