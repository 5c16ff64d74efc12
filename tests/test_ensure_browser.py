"""The script finds a browser wherever it may be, installs one only when it may, and else says one clear sentence."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "ensure_browser.sh"
BROWSER = "#!/bin/sh\necho Chromium 1.0\n"
BROKEN = "#!/bin/sh\nexit 127\n"


@pytest.fixture
def machine(tmp_path):
    """A machine with nothing on it but what a test adds; run() gives the exit status, the output and the messages."""
    return Machine(tmp_path)


class Machine:
    def __init__(self, root: Path):
        self.root = root
        (root / "bin").mkdir()
        self.add("bin/id", "#!/bin/sh\necho 1000\n")

    def add(self, name: str, text: str) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def add_apt_get(self, installs: str, knows: str = "chromium-headless-shell") -> None:
        path = f"{self.root}/bin/{knows}"
        self.add(
            "bin/apt-get",
            f'#!/bin/sh\necho "$@" >>"{self.root}/apt.log"\n[ "$1" = install ] || exit 0\n[ "$4" = {knows} ] || exit 100\n'
            f"printf '{installs}' >\"{path}\"\n/bin/chmod +x \"{path}\"\n",
        )

    def run(self, **environment: str) -> tuple[int, str, str]:
        base = {"PATH": str(self.root / "bin"), "HOME": str(self.root / "home"), "PYTHON": sys.executable}
        done = subprocess.run(["/bin/sh", SCRIPT], env=base | environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip(), done.stderr.strip()


@pytest.mark.parametrize("name", ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"])
def test_a_browser_of_the_machine_is_found(machine, name):
    path = machine.add(f"bin/{name}", BROWSER)
    assert machine.run() == (0, path, "")


def test_playwrights_own_browser_is_found(machine):
    path = machine.add("home/.cache/ms-playwright/chromium-1200/chrome-linux64/chrome", BROWSER)
    assert machine.run() == (0, path, "")
    path = machine.add("elsewhere/chromium-1200/chrome-linux/chrome", BROWSER)
    assert machine.run(PLAYWRIGHT_BROWSERS_PATH=str(machine.root / "elsewhere")) == (0, path, "")


def test_the_named_browser_goes_before_all_others(machine):
    machine.add("bin/chromium", BROWSER)
    path = machine.add("opt/my chromium", BROWSER)
    assert machine.run(CONVOSCOPE_CHROMIUM=path) == (0, path, "")


def test_a_named_browser_that_does_not_start_is_an_error(machine):
    machine.add("bin/chromium", BROWSER)
    status, output, message = machine.run(CONVOSCOPE_CHROMIUM="/no/such/browser")
    assert (status, output) == (1, "")
    assert message.startswith("CONVOSCOPE_CHROMIUM is '/no/such/browser', which is no browser that starts; set it")


def test_a_stub_that_does_not_start_is_passed_over(machine):
    machine.add("bin/chromium", BROKEN)
    path = machine.add("bin/google-chrome", BROWSER)
    assert machine.run() == (0, path, "")


def test_without_apt_get_one_sentence_says_what_to_do(machine):
    status, output, message = machine.run()
    assert (status, output) == (1, "")
    assert message == (
        "The browser tests need Chromium and none was found; install Chromium or Google Chrome, "
        "or set CONVOSCOPE_CHROMIUM to its path, and run this again."
    )


def test_without_root_nothing_is_installed(machine):
    machine.add_apt_get(BROWSER)
    machine.add("bin/sudo", "#!/bin/sh\nexit 1\n")
    status, output, message = machine.run()
    assert (status, output) == (1, "")
    assert "installing it needs root" in message
    assert not (machine.root / "apt.log").exists()


@pytest.mark.parametrize("root", [True, False], ids=["as root", "with sudo"])
def test_where_it_may_debians_package_is_installed(machine, root):
    machine.add_apt_get(BROWSER.replace("\n", "\\n"))
    if root:
        machine.add("bin/id", "#!/bin/sh\necho 0\n")
    else:
        machine.add("bin/sudo", '#!/bin/sh\nshift\n[ "$1" = true ] || exec "$@"\n')
    status, output, message = machine.run()
    assert (status, output) == (0, str(machine.root / "bin" / "chromium-headless-shell"))
    assert "installing Debian's package" in message
    assert (machine.root / "apt.log").read_text() == "update -q\ninstall -q -y chromium-headless-shell\n"


def test_where_there_is_no_headless_shell_the_whole_browser_is_installed(machine):
    machine.add_apt_get(BROWSER.replace("\n", "\\n"), knows="chromium")
    machine.add("bin/id", "#!/bin/sh\necho 0\n")
    assert machine.run()[:2] == (0, str(machine.root / "bin" / "chromium"))


def test_an_installation_that_fails_is_an_error(machine):
    machine.add_apt_get(BROKEN.replace("\n", "\\n"))
    machine.add("bin/id", "#!/bin/sh\necho 0\n")
    status, output, message = machine.run()
    assert (status, output) == (1, "")
    assert "apt-get could not install one that starts" in message


def test_playwrights_headless_shell_is_found(machine):
    path = machine.add("home/.cache/ms-playwright/chromium_headless_shell-1200/chrome-linux/headless_shell", BROWSER)
    machine.add("home/.cache/ms-playwright/chromium-1200/chrome-linux64/chrome", BROWSER)
    assert machine.run() == (0, path, "")


BROWSER_PATHS = re.compile(r"chromium\.launch|which\(.*chrom|/usr/bin/chrom")


def test_nothing_else_looks_for_a_browser():
    """Tests, benchmarks, pictures and exports all ask homes/browser.py, so where one works the others do."""
    paths = [path for top in ("homes", "benchmarks", "scripts", "tests") for path in (SCRIPT.parent.parent / top).rglob("*.py")]
    looking = {path.name for path in paths if BROWSER_PATHS.search(path.read_text())}
    assert looking == {"browser.py", Path(__file__).name}
