"""What scripts that execute workflows share: an empty folder with the program in it, and a shell and a git that know nothing of
this machine."""
import pathlib
import shutil
import subprocess

WHO = {f"GIT_{role}_{what}": "t@example.invalid" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Stage:
    def __init__(self, perfwarden, work):
        self.perfwarden, self.work = pathlib.Path(perfwarden).resolve(), pathlib.Path(work).resolve()
        shutil.rmtree(self.work, ignore_errors=True)
        (self.work / "temp").mkdir(parents=True)
        (self.work / "temp" / "perfwarden").symlink_to(self.perfwarden)
        self.plain = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.work), **WHO}

    def sh(self, line, cwd, **more):
        return subprocess.run(["/bin/sh", "-c", line], cwd=cwd, env=self.plain | more, capture_output=True, text=True, timeout=300)

    def git(self, line, cwd):
        done = self.sh(f"git {line}", cwd)
        assert done.returncode == 0, (line, done.stderr)
        return done.stdout.strip()
