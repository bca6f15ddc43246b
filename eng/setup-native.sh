#!/usr/bin/env bash
# Makes sure that libtorch's C++ runtime is there. TorchSharp's native part needs GLIBCXX_3.4.32 (GCC 13), which Debian 12 and Ubuntu 22.04 do not have.
# Does nothing where it is there; on Debian 12 as root it installs libstdc++6 from trixie at a low priority; elsewhere it says what to do. Safe to run again.
set -euo pipefail

needed=GLIBCXX_3.4.32

has_runtime() {
  local library
  library=$(ldconfig -p 2>/dev/null | awk '/libstdc\+\+\.so\.6 .*x86-64/ {print $NF; exit}')
  [ -n "$library" ] || library=$(ls /usr/lib/*-linux-gnu/libstdc++.so.6 /usr/lib64/libstdc++.so.6 2>/dev/null | head -n 1 || true)
  [ -n "$library" ] && grep -aq "$needed" "$library"
}

advise() {
  cat >&2 <<EOF
LabelServer needs a C++ runtime with $needed (libstdc++ of GCC 13 or newer); this system has an older one.
  Debian 12:    run this script once as root (sudo eng/setup-native.sh)
  Ubuntu 22.04: sudo add-apt-repository ppa:ubuntu-toolchain-r/test && sudo apt-get install libstdc++6
  Fedora, RHEL: use release 39 / 10 or newer, or a container of one
Everything but the segmentation worker runs without it.
EOF
}

[ "$(uname -s)" = Linux ] || exit 0
has_runtime && exit 0

. /etc/os-release
if [ "${ID:-}" != debian ] || [ "${VERSION_ID:-}" != 12 ] || [ "$(id -u)" != 0 ]; then
  advise
  exit 3
fi

echo "Installing libstdc++6 from Debian trixie (pinned at priority 100; nothing else is taken from there) ..."
mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
[ -n "$mirror" ] || mirror=$(awk '$1 == "deb" {print $2; exit}' /etc/apt/sources.list 2>/dev/null || true)
if [ -z "$mirror" ]; then
  advise
  exit 3
fi

cat >/etc/apt/preferences.d/labelserver-trixie <<EOF
Package: *
Pin: release n=trixie
Pin-Priority: 100
EOF
cat >/etc/apt/sources.list.d/labelserver-trixie.sources <<EOF
Types: deb
URIs: $mirror
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -t trixie libstdc++6 >/dev/null

if ! has_runtime; then
  advise
  exit 3
fi
echo "Done."
