#!/bin/sh
# Print the path of a Chromium for the browser tests. Finds one, or installs Debian's package where that is allowed. The
# headless shell is Chromium without windows and menus: a page opens in half the processor time.
# Order: CONVOSCOPE_CHROMIUM, the browsers of this machine, Playwright's own download, apt-get.
set -u

runs() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

give() {
  echo "$1"
  exit 0
}

refuse() {
  echo "$1" >&2
  exit 1
}

find_browser() {
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
    path=$(command -v "$name") && runs "$path" && give "$path"
  done
  for path in \
    "${PLAYWRIGHT_BROWSERS_PATH:-${HOME:-}/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome \
    "${HOME:-}"/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/* \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    runs "$path" && give "$path"
  done
}

if [ -n "${CONVOSCOPE_CHROMIUM:-}" ]; then
  runs "$CONVOSCOPE_CHROMIUM" && give "$CONVOSCOPE_CHROMIUM"
  refuse "CONVOSCOPE_CHROMIUM is '$CONVOSCOPE_CHROMIUM', which is no browser that starts; set it to the path of a Chromium or unset it."
fi

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
