//! Signatures that `git verify-commit` accepts.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use git_plan_store::{Error, RawCommit, Repository};

use crate::fixture::{Outcome, SYNCED, World, raw_commit};

#[test]
fn git_accepts_ssh_signatures_with_either_hash_and_key_spelling() -> Outcome {
    for format in ["sha1", "sha256"] {
        let world = World::with_repository(&[&format!("--object-format={format}")]);
        ssh_key(&world)?;
        verify(&world)?;
        let public = fs::read_to_string(world.path().join("key.pub"))?;
        world.git(&["config", "--unset", "user.signingKey"]);
        world.git(&["config", "gpg.ssh.defaultKeyCommand", &format!("echo key::{}", public.trim())]);
        let repository = world.open();
        let signer = repository.signer(&repository.committer()?)?.ok_or("it is to be signed")?;
        let error = signer.sign(&raw_commit(&repository, None, "1")).expect_err("there is no agent with the key");
        assert_eq!(error.code(), "signing", "{error}");
    }
    Ok(())
}

#[test]
fn git_accepts_openpgp_signatures() -> Outcome {
    let mut world = World::with_repository(&[]);
    let home = world.path().join("gpg");
    fs::create_dir(&home)?;
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700))?;
    world.env = world.env.clone().with("GNUPGHOME", &home);
    let mut gpg = world.command("gpg", world.path());
    gpg.args(["--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "Ada <ada@example.org>", "ed25519"]);
    let Ok(made) = gpg.output() else { return Ok(()) }; // No gpg here.
    assert!(made.status.success(), "gpg makes a key: {}", String::from_utf8_lossy(&made.stderr));
    world.git(&["config", "commit.gpgSign", "true"]);
    let verified = verify(&world);
    world.command("gpgconf", world.path()).args(["--kill", "all"]).status()?;
    verified
}

#[test]
fn plan_sign_overrides_commit_gpgsign_and_nothing_is_signed_unless_asked() -> Outcome {
    let world = World::with_repository(&[]);
    let signs = |world: &World| -> git_plan_store::Result<bool> {
        let repository = world.open();
        Ok(repository.signer(&repository.committer()?)?.is_some())
    };
    assert!(!signs(&world)?, "not by default");
    world.git(&["config", "commit.gpgSign", "true"]);
    assert!(signs(&world)?, "as git would");
    world.git(&["config", "plan.sign", "false"]);
    assert!(!signs(&world)?, "unless plans are told otherwise");
    Ok(())
}

#[test]
fn a_program_that_fails_is_quoted_and_a_missing_one_named() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["config", "plan.sign", "true"]);
    let program = world.path().join("refuses");
    fs::write(&program, "#!/bin/sh\ncat >/dev/null\necho 'no card in the reader' >&2\nexit 2\n")?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    for (program, words) in [(program.display().to_string(), "no card in the reader"), ("/nowhere".into(), "/nowhere")]
    {
        world.git(&["config", "gpg.program", &program]);
        let repository = world.open();
        let signer = repository.signer(&repository.committer()?)?.ok_or("it is to be signed")?;
        let error = signer.sign(&raw_commit(&repository, None, "1")).expect_err("it cannot sign");
        assert!(matches!(&error, Error::Signing { .. }) && error.to_string().contains(words), "{error}");
    }
    Ok(())
}

fn ssh_key(world: &World) -> Outcome {
    let mut keygen = world.command("ssh-keygen", world.path());
    assert!(keygen.args(["-q", "-t", "ed25519", "-N", "", "-f", "key"]).status()?.success(), "a key is made");
    let public = fs::read_to_string(world.path().join("key.pub"))?;
    fs::write(world.path().join("allowed"), format!("ada@example.org {public}"))?;
    let path = |name: &str| world.path().join(name).display().to_string();
    world.git(&["config", "plan.sign", "true"]);
    world.git(&["config", "gpg.format", "ssh"]);
    world.git(&["config", "user.signingKey", &path("key")]);
    world.git(&["config", "gpg.ssh.allowedSignersFile", &path("allowed")]);
    Ok(())
}

fn verify(world: &World) -> Outcome {
    let repository: Repository = world.open();
    let signer = repository.signer(&repository.committer()?)?.ok_or("it is to be signed")?;
    let raw = raw_commit(&repository, None, "1\n\nA second paragraph");
    let signed = signer.sign(&raw)?;
    let commit = RawCommit::parse(&signed)?;
    assert!(commit.signed && !RawCommit::parse(&raw)?.signed, "the signature is seen");
    assert_eq!(commit.message, RawCommit::parse(&raw)?.message, "the message is untouched");
    repository.write_empty_tree(SYNCED)?;
    let id = repository.write_commit(&signed, SYNCED)?.to_string();
    let output = world.try_git(&["verify-commit", &id]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("ada@example.org"), "git verify-commit accepts it: {said}");
    world.assert_sound();
    Ok(())
}
