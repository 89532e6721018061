//! `bouton networks`: the shipped networks.

use clap::Args;

use crate::{
    error::{Error, Result, did_you_mean},
    spec::{Spec, library},
};

/// Arguments of `bouton networks`.
#[derive(Args, Debug)]
pub struct NetworksArgs {
    /// Print the file of this network
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Prints the list, or one file.
pub fn networks(args: NetworksArgs) -> Result<()> {
    match args.name {
        None => print!("{}", list()?),
        Some(name) => print!("{}", text(&name)?),
    }
    Ok(())
}

fn list() -> Result<String> {
    let names = library::names();
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let mut list = String::new();
    for name in names {
        let title = Spec::load(name, &[])?.title.unwrap_or_default();
        list += &format!("{name:width$}  {title}\n");
    }
    list += "\nbouton networks NAME > mine.toml    prints a file to start your own from\n";
    Ok(list)
}

fn text(name: &str) -> Result<String> {
    match library::find(name) {
        Some(source) => Ok(source.text.to_string()),
        None => {
            Err(Error::input(format!("no shipped network is called \"{name}\""))
                .help(did_you_mean(name, library::names())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_every_network_and_the_text_is_the_file() {
        let list = list().unwrap();
        for name in library::names() {
            assert!(list.lines().any(|line| line.starts_with(name)), "{name} is not in\n{list}");
            assert!(text(name).unwrap().contains("[populations"));
        }
    }

    #[test]
    fn an_unknown_network_is_an_error() {
        assert!(text("nothing_like_this").unwrap_err().message().contains("nothing_like_this"));
    }
}
