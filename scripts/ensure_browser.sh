#!/bin/sh
# Print the path of a Chromium for the browser tests. Finds one (homes/browser.py says where), or installs Debian's package
# where that is allowed.
set -u

here=${0%/*}
python=${PYTHON:-$here/../.venv/bin/python}

refuse() {
  echo "$1" >&2
  exit 1
}

find_browser() {
  "$python" -I "$here/../homes/browser.py"
  case $? in
    0) exit 0 ;;
    1) ;; # there is none
    *) exit 1 ;; # it has said why
  esac
}

find_browser

try="install Chromium or Google Chrome, or set CONVOSCOPE_CHROMIUM to its path, and run this again"
command -v apt-get >/dev/null || refuse "The browser tests need Chromium and none was found; $try."

if [ "$(id -u)" = 0 ]; then
  as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root="sudo -n"
else
  refuse "The browser tests need Chromium, none was found, and installing it needs root; $try."
fi

echo "No Chromium was found: installing Debian's package (about 100 MB)" >&2
install() { DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y "$1" >&2; }
$as_root apt-get update -q >&2 && { install chromium-headless-shell || install chromium; }
find_browser
refuse "The browser tests need Chromium, and apt-get could not install one that starts (see above); $try."
